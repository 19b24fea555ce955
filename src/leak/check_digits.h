// Check digits of numbers that name people, cards and accounts. Each takes the number alone, with the separators that
// it may have, and says whether it is one.
#pragma once

#include <string_view>

namespace portico::leak {

bool is_payment_card(std::string_view text);  // issuer's range, length, Luhn (ISO/IEC 7812-1)
bool is_iban(std::string_view text);          // country's length, mod 97 (ISO 13616)

bool is_us_social_security(std::string_view text);     // AAA-GG-SSSS: no check digit, but numbers never given
bool is_uk_national_insurance(std::string_view text);  // AA999999A: prefixes never given
bool is_german_tax_id(std::string_view text);          // ISO 7064 mod 11,10, and its rule of repeated digits
bool is_french_insee(std::string_view text);           // 97 - number mod 97
bool is_spanish_dni(std::string_view text);            // DNI and NIE: mod 23 letter
bool is_italian_fiscal_code(std::string_view text);    // check letter
bool is_polish_pesel(std::string_view text);           // date, weights
bool is_belgian_number(std::string_view text);         // YY.MM.DD-SSS.CC: mod 97
bool is_swiss_ahv(std::string_view text);              // 756.XXXX.XXXX.XX: EAN-13
bool is_swedish_personal(std::string_view text);       // YYMMDD-SSSC: date, Luhn
bool is_finnish_hetu(std::string_view text);           // DDMMYY-SSSC: date, mod 31
bool is_norwegian_number(std::string_view text);       // date, two weights
bool is_brazilian_cpf(std::string_view text);          // 999.999.999-99: two weights
bool is_indian_aadhaar(std::string_view text);         // 9999 9999 9999: Verhoeff
bool is_chinese_resident(std::string_view text);       // date, ISO 7064 mod 11,2
bool is_turkish_number(std::string_view text);         // two check digits
bool is_dutch_bsn(std::string_view text);              // eleven-test; found only where its name stands before it

}  // namespace portico::leak
