#include "contract/data_vocabulary.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"

namespace portico::contract {
namespace {

// Phrases that classify, and phrases that would be misread without an entry of their own. "|" separates phrases.
struct Entry {
  Meaning meaning;
  std::string_view phrases;
};

constexpr Meaning known(DataClass data_class) { return {Reading::kKnown, data_class}; }

constexpr Entry kVocabulary[] = {
    {known(DataClass::kPersonal),
     "first name|firstname|last name|lastname|given name|givenname|family name|familyname|"
     "middle name|surname|maiden name|birth name|legal name|second name|forename|patronymic|preferred name|"
     "name kana|name kanji|name on card|cardholder name|card holder name|cardholder|account holder name|"
     "account holder|holder name|beneficiary name|signatory name|date of birth|birth date|birthdate|birthday|dob|"
     "birth year|year of birth|birth place|birthplace|place of birth|date of death|gender|sex|pronouns|"
     "nationality|citizenship|marital status|mother maiden name|next of kin|emergency contact|license plate|"
     "licence plate|number plate|plate number|selfie|resume|curriculum vitae|full name alias|dob day|dob month|"
     "dob year|birth day|birth month|personal information|personal data"},
    {known(DataClass::kContact),
     "email|e mail|email address|e mail address|emailaddress|mail address|phone|phone number|phonenumber|"
     "telephone|telephone number|tel|mobile|mobile number|mobile phone|cell phone|cell number|cellphone|fax|"
     "fax number|msisdn|whatsapp|street|street address|street name|street number|house number|home address|"
     "postal address|mailing address|billing address|shipping address|delivery address|residential address|"
     "residence address|address line|addressline|address street|address city|address zip|address postal code|"
     "address postcode|address state|address line1|address line2|address text|postal code|postalcode|postcode|zip|"
     "zip code|zipcode|po box|address district|address town|address kana|address kanji|contact number"},
    {known(DataClass::kOnline),
     "ip|ip address|ipaddress|client ip|remote ip|remote address|remote addr|source ip|ip addr|mac address|"
     "macaddress|imei|imsi|iccid|meid|advertising id|idfa|gaid|device id|device identifier|device fingerprint|"
     "browser fingerprint|user name|username|login name|screen name|user agent|cookie id"},
    {known(DataClass::kLocation),
     "gps|gps position|gps coordinates|"
     "gps location|current location|last location|last known location|home location|"
     "location longitude"},
    {known(DataClass::kGovernmentId),
     "ssn|social security number|social security|social insurance number|national id|national id number|"
     "national identity number|national identification number|national insurance number|nino|identity number|"
     "identity card number|identity card|id card number|id card|id number|personal id number|"
     "personal identity number|personal number|passport|passport number|passport no|passport id|driver license|"
     "driver license number|drivers license|drivers license number|driver licence|driving licence|driving license|"
     "driving licence number|driving license number|drivers licence|license number|licence number|tax id|"
     "tax id number|tax identification number|taxpayer id|tax number|tin|itin|aadhaar|aadhar|aadhaar number|"
     "pan card|cpf|curp|rfc|dni|nie|nif|bsn|pesel|cnp|sin|fiscal code|codice fiscale|steuer id|voter id|"
     "visa number|residence permit|residence permit number|military id|ssn last 4|ssn last4|government id|vin"},
    {known(DataClass::kFinancial),
     "iban|bank account|bank account number|account number|accountnumber|account no|routing number|sort code|"
     "bsb number|card number|cardnumber|credit card|credit card number|creditcard|debit card|debit card number|"
     "card no|pan|primary account number|card exp month|card exp year|card expiry|card expiration|"
     "card expiration date|expiration month|expiration year|exp month|exp year|card last4|card last 4|salary|wage|"
     "income|annual income|monthly income|net worth|credit score|credit limit|credit rating|account balance|"
     "available balance|bank statement|wallet address|crypto address|pay slip|payslip|swift code|tax return|debt"},
    {known(DataClass::kHealth),
     "diagnosis|diagnose|diagnosis code|medical history|medical record|medical record number|mrn|medical condition|"
     "health condition|health status|blood type|blood group|blood pressure|heart rate|glucose|allergy|medication|"
     "prescription|symptom|disability|pregnancy|pregnant|vaccination|vaccination status|immunization|hiv status|"
     "icd code|icd 10|treatment plan|lab result|test result|health insurance number|health insurance id|"
     "nhs number|medicare number|medicaid number|medicare id|patient id|mental health|body mass index|bmi|dosage|"
     "health data|body weight|body fat|fat percent|body measurement"},
    {known(DataClass::kSpecial),
     "religion|religious belief|religious affiliation|faith|ethnicity|ethnic origin|ethnic group|racial origin|"
     "sexual orientation|sexuality|sexual preference|political opinion|political party|political affiliation|"
     "political exposure|political view|trade union|union membership|biometric|biometric data|fingerprint image|"
     "fingerprint template|face id|face template|faceprint|voice print|voiceprint|iris scan|retina scan|"
     "genetic data|dna|dna sequence|genome|criminal record|criminal history|criminal conviction|conviction"},
    {known(DataClass::kCredential),
     "password|passwd|pwd|pass word|passphrase|pass phrase|passcode|pass code|pin|pin code|pincode|pin number|"
     "card pin|otp|otp code|one time password|one time code|onetime password|totp|totp code|mfa code|"
     "two factor code|2 fa code|verification code|sms code|confirmation code|recovery code|backup code|reset code|"
     "security code|security answer|secret answer|cvv|cvv 2|cvc|cvc 2|cvv2|cvc2|csc|card verification value|"
     "card verification code|card cvc|card cvv|master password|login password|door code|access code|unlock code|"
     "pairing code"},
    {known(DataClass::kSecret),
     "secret|client secret|clientsecret|app secret|api secret|shared secret|consumer secret|webhook secret|"
     "signing secret|secret key|secretkey|secret access key|secret value|secret token|token secret|api key|apikey|"
     "app key|application key|access key|accesskey|private key|privatekey|signing key|encryption key|"
     "decryption key|master key|auth key|authorization key|service key|ssh private key|license key|"
     "subscription key|x api key|token|access token|accesstoken|refresh token|refreshtoken|id token|auth token|"
     "authtoken|authentication token|authorization token|bearer token|bearer|session token|csrf token|xsrf token|"
     "reset token|password reset token|activation token|invite token|invitation token|verification token|"
     "api token|personal access token|oauth token|device token|push token|registration token|temp clone token|jwt|"
     "session id|sessionid|session key|session cookie|phpsessid|jsessionid|authorization|proxy authorization|"
     "cookie|set cookie|credential|connection string|mnemonic|seed phrase|recovery phrase|recovery seed|"
     "kubeconfig|keystore|private pem|totp secret|otp secret|mfa secret|authorization code|auth code|assertion|"
     "client assertion|saml response|saml assertion|database url|database password"},
    {known(DataClass::kNone),
     "page token|next page token|previous page token|next token|previous token|continuation token|"
     "pagination token|sync token|cursor token|start token|cancel token|cancellation token|max token|prompt token|"
     "completion token|total token|account token|person token|token symbol|web address|contract address|"
     "website address|host address|memory address|company name|business name|product name|public key|secret name|"
     "error code|country code|currency code|status code|language code|product code|coupon code|promo code|"
     "discount code|http status code|file name|display name kana|bank code|area code|dial code|tax code|"
     "payment card|gift card number|order number|invoice number|serial number|company phone|map pin|sticky pin|"
     "support email|noreply email|vat number|vat id|company registration number|street view|target lat|safe sex|"
     "public ip|server ip|host ip|public ip address|private ip address|server ip address|cluster ip|"
     "load balancer ip|listen address|bind address|session token count|public token|sort token|search token|"
     "design token|lexical token|software license number|zip file|company address|store address|office address|"
     "business address|shop address"},
    {{Reading::kUnlessThing, DataClass::kPersonal}, "full name|fullname"},
    {{Reading::kUnlessThing, DataClass::kLocation},
     "latitude|longitude|lat|lng|lon|lat lng|latlng|geolocation|geo location|geo point|geohash"},
    {{Reading::kNeedsPerson, DataClass::kPersonal},
     "name|nickname|nick name|display name|age|height|photo|picture|avatar|portrait|profile picture|profile "
     "photo|image|"
     "bio|biography|about|caste|job title|employer|occupation|profession|education|signature|initial|salutation|"
     "interest|hobby|relationship|children|spouse|blog|neighbour|neighbor"},
    {{Reading::kNeedsPerson, DataClass::kContact}, "address|city|town|line 1|line 2|county|district|contact"},
    {{Reading::kNeedsPerson, DataClass::kLocation}, "location|coordinate|position"},
    {{Reading::kNeedsPerson, DataClass::kOnline},
     "login|handle|twitter|twitter username|facebook|instagram|linkedin|skype"},
    {{Reading::kNeedsPerson, DataClass::kFinancial}, "balance"},
    {{Reading::kNeedsPerson, DataClass::kHealth}, "weight|measurement|kilogram"},
    {{Reading::kNeedsPerson, DataClass::kSpecial}, "race"},
};

constexpr std::string_view kThings =
    "repository|repo|product|team|organization|organisation|org|project|file|branch|tag|category|store|shop|company|"
    "business|merchant|venue|airport|station|warehouse|office|restaurant|hotel|place|city|country|region|bank|"
    "brand|package|module|app|application|plan|item|asset|pool|library|class|method|function|table|column";

constexpr std::string_view kPersons =
    "user|customer|person|people|patient|employee|contact|member|owner|author|profile|passenger|guest|driver|"
    "recipient|sender|student|teacher|doctor|nurse|subscriber|visitor|applicant|candidate|borrower|lender|"
    "beneficiary|cardholder|holder|payer|payee|payor|buyer|seller|shopper|resident|tenant|landlord|citizen|"
    "individual|child|parent|spouse|guardian|attendee|participant|player|worker|staff|courier|rider|"
    "traveller|traveler|insured|policyholder|claimant|donor|volunteer|friend|follower|dater|"
    "consignee|consignor|addressee|representative|director|executive|assignee|reviewer|committer|creator|"
    "inviter|invitee|colleague|teammate|prospect|voter|signer|signatory|witness|"
    "victim|suspect|officer|inmate|admin|administrator|consumer|viewer|purchaser|renter|cyclist|walker|athlete|"
    "coach|caller";

constexpr std::string_view kTransparent =
    "value|text|string|raw|hash|hashed|encrypted|plain|plaintext|cleartext|confirmation|confirm|again|repeat|"
    "repeated|no|nr|num|number|digest|line|field|input|full|1|2|3|4|5|6|7|8|9|ciphertext|new|old|current";

std::unordered_set<std::string_view> set_of(std::string_view words) {
  const auto parts = split(words, '|');
  return {parts.begin(), parts.end()};
}

}  // namespace

Meaning meaning_of(std::string_view phrase) {
  static const std::unordered_map<std::string_view, Meaning> kMeanings = [] {
    std::unordered_map<std::string_view, Meaning> meanings;
    for (const auto& [meaning, phrases] : kVocabulary) {
      for (const std::string_view one : split(phrases, '|')) meanings.try_emplace(one, meaning);
    }
    return meanings;
  }();
  const auto found = kMeanings.find(phrase);
  return found == kMeanings.end() ? Meaning{} : found->second;
}

bool is_person(std::string_view word) {
  static const auto kSet = set_of(kPersons);
  return kSet.contains(word);
}

bool is_thing(std::string_view word) {
  static const auto kSet = set_of(kThings);
  return kSet.contains(word);
}

bool is_transparent(std::string_view word) {
  static const auto kSet = set_of(kTransparent);
  return kSet.contains(word);
}

}  // namespace portico::contract
