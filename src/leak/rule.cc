// The rules. A pattern matches a fixed number of characters, since Hyperscan reports every way in which it can match;
// how long a candidate really is, is found out by `tail` and the second look.
#include "leak/rule.h"

#include <array>

#include "leak/check_digits.h"
#include "leak/verify.h"

namespace portico::leak {
namespace {

// A number with its separators: the pattern matches all of it.
template <bool (*kCheck)(std::string_view)>
bool checks(Candidate& candidate) {
  return kCheck(candidate.view());
}

bool is_named_bsn(Candidate& candidate) {
  constexpr std::size_t kDigits = 9;
  candidate.begin = candidate.end - kDigits;
  return is_dutch_bsn(candidate.view());
}

constexpr double kRandom = 3.0;     // of letters and digits
constexpr double kRandomHex = 2.7;  // of hexadecimal digits

constexpr auto kSecret = Kind::kSecret;
constexpr auto kTrace = Kind::kTrace;
constexpr auto kError = Kind::kError;
constexpr auto kAddress = Kind::kAddress;
constexpr auto kPersonal = Kind::kPersonal;

constexpr std::array kRules = {
    // clang-format off
    // Secrets: clouds
    Rule{"aws-access-key", kSecret, "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}", Letters::kNone, 0, kRandom},
    Rule{"aws-mws-token", kSecret, "amzn\\.mws\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"},
    Rule{"aws-bedrock-key", kSecret, "ABSK[A-Za-z0-9+/]{109}", Letters::kBase64, 280, kRandom},
    Rule{"gcp-api-key", kSecret, "AIza[0-9A-Za-z_-]{35}", Letters::kNone, 0, kRandom},
    Rule{"gcp-oauth-token", kSecret, "ya29\\.[0-9A-Za-z_-]{20}", Letters::kDotted, 2048, kRandom},
    Rule{"gcp-oauth-secret", kSecret, "GOCSPX-[0-9A-Za-z_-]{28}", Letters::kNone, 0, kRandom},
    Rule{"azure-storage-key", kSecret, "AccountKey=[A-Za-z0-9+/]{86}==", Letters::kNone, 0, kRandom, Edge::kNone},
    Rule{"azure-client-secret", kSecret, "[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31}", Letters::kUrl, 40, kRandom},
    Rule{"azure-signature", kSecret, "[?&]sig=[A-Za-z0-9%]{43}", Letters::kNone, 0, kRandom, Edge::kNone},
    Rule{"alibaba-access-key", kSecret, "LTAI[A-Za-z0-9]{20}", Letters::kAlnum, 30, kRandom},
    Rule{"tencent-secret-id", kSecret, "AKID[A-Za-z0-9]{32}", Letters::kNone, 0, kRandom},
    Rule{"yandex-api-key", kSecret, "AQVN[A-Za-z0-9_-]{35}", Letters::kUrl, 40, kRandom},
    Rule{"digitalocean-token", kSecret, "do[opr]_v1_[0-9a-f]{64}", Letters::kNone, 0, kRandomHex},
    Rule{"flyio-token", kSecret, "fm2_[A-Za-z0-9+/]{100}", Letters::kBase64, 4096, kRandom},
    Rule{"heroku-key", kSecret, "HRKU-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Letters::kNone, 0, kRandomHex},
    Rule{"cloudflare-origin-key", kSecret, "v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}", Letters::kNone, 0, kRandomHex},
    Rule{"netlify-token", kSecret, "nfp_[A-Za-z0-9]{36}", Letters::kNone, 0, kRandom},
    Rule{"supabase-token", kSecret, "sbp_[0-9a-f]{40}", Letters::kNone, 0, kRandomHex},
    Rule{"databricks-token", kSecret, "dapi[0-9a-f]{32}", Letters::kNone, 0, kRandomHex, Edge::kWord},
    Rule{"planetscale-token", kSecret, "pscale_(?:tkn|pw)_[A-Za-z0-9_-]{32}", Letters::kDotted, 80, kRandom},
    // Secrets: code, packages, builds
    Rule{"github-token", kSecret, "gh[pousr]_[0-9A-Za-z]{36}", Letters::kAlnum, 40, 0, Edge::kWord, has_base62_checksum},
    Rule{"github-fine-grained-token", kSecret, "github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}", Letters::kNone, 0, kRandom},
    Rule{"gitlab-token", kSecret, "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[0-9A-Za-z_-]{20}", Letters::kDotted, 80, kRandom},
    Rule{"gitlab-runner-token", kSecret, "GR1348941[0-9A-Za-z_-]{20}", Letters::kNone, 0, kRandom},
    Rule{"bitbucket-token", kSecret, "ATBB[0-9A-Za-z]{32}", Letters::kNone, 0, kRandom},
    Rule{"atlassian-token", kSecret, "AT[AC]TT3xFfG[0-9A-Za-z_=-]{100}", Letters::kUrl, 400, kRandom},
    Rule{"npm-token", kSecret, "npm_[0-9A-Za-z]{36}", Letters::kAlnum, 40, 0, Edge::kWord, has_base62_checksum},
    Rule{"pypi-token", kSecret, "pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{50}", Letters::kUrl, 400, kRandom},
    Rule{"rubygems-key", kSecret, "rubygems_[0-9a-f]{48}", Letters::kNone, 0, kRandomHex},
    Rule{"crates-token", kSecret, "cio[0-9A-Za-z]{32}", Letters::kNone, 0, 3.6},
    Rule{"docker-token", kSecret, "dckr_[op]at_[0-9A-Za-z_-]{27}", Letters::kUrl, 60, kRandom},
    Rule{"artifactory-key", kSecret, "AKCp[0-9A-Za-z]{60}", Letters::kAlnum, 90, kRandom},
    Rule{"artifactory-reference-token", kSecret, "cmVmdGtu[0-9A-Za-z]{56}", Letters::kNone, 0, kRandom},
    Rule{"sonarqube-token", kSecret, "sq[apu]_[0-9a-f]{40}", Letters::kNone, 0, kRandomHex},
    Rule{"terraform-token", kSecret, "[0-9A-Za-z]{14}\\.atlasv1\\.[0-9A-Za-z_=-]{60}", Letters::kUrl, 100, kRandom},
    Rule{"pulumi-token", kSecret, "pul-[0-9a-f]{40}", Letters::kNone, 0, kRandomHex},
    Rule{"vault-token", kSecret, "hv[sbr]\\.[0-9A-Za-z_-]{24}", Letters::kUrl, 400, kRandom},
    Rule{"doppler-token", kSecret, "dp\\.(?:pt|st|ct|sa|scim|audit)\\.[0-9A-Za-z]{40}", Letters::kAlnum, 60, kRandom},
    Rule{"postman-key", kSecret, "PMAK-[0-9a-f]{24}-[0-9a-f]{34}", Letters::kNone, 0, kRandomHex},
    Rule{"age-secret-key", kSecret, "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", Letters::kNone, 0, kRandom},
    // Secrets: messages, money, services
    Rule{"slack-token", kSecret, "xox[abeoprs]-[0-9][0-9A-Za-z-]{12}", Letters::kUrl, 300, kRandom},
    Rule{"slack-app-token", kSecret, "xapp-[0-9]-[A-Z0-9]{10}", Letters::kUrl, 200, kRandom},
    Rule{"slack-webhook", kSecret, "hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Z0-9]{9}", Letters::kBase64, 150, kRandom, Edge::kNone},
    Rule{"discord-bot-token", kSecret, "[MNO][A-Za-z0-9_-]{23}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27}", Letters::kUrl, 90, 3.8},
    Rule{"discord-webhook", kSecret, "discord(?:app)?\\.com/api/webhooks/[0-9]{17}", Letters::kBase64, 150, kRandom, Edge::kNone},
    Rule{"telegram-bot-token", kSecret, "[0-9]{9}:AA[0-9A-Za-z_-]{33}", Letters::kNone, 0, 3.8, Edge::kNone},
    Rule{"twilio-key", kSecret, "SK[0-9a-f]{32}", Letters::kNone, 0, kRandomHex},
    Rule{"sendgrid-key", kSecret, "SG\\.[0-9A-Za-z_-]{22}\\.[0-9A-Za-z_-]{43}", Letters::kNone, 0, kRandom},
    Rule{"mailgun-key", kSecret, "key-[0-9a-f]{32}", Letters::kNone, 0, kRandomHex},
    Rule{"mailchimp-key", kSecret, "[0-9a-f]{32}-us[0-9]", Letters::kAlnum, 40, kRandomHex},
    Rule{"stripe-key", kSecret, "(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{24}", Letters::kAlnum, 255, kRandom},
    Rule{"stripe-webhook-secret", kSecret, "whsec_[0-9A-Za-z+/]{32}", Letters::kBase64, 100, kRandom},
    Rule{"square-token", kSecret, "sq0(?:atp|csp|idp)-[0-9A-Za-z_-]{22}", Letters::kUrl, 60, kRandom},
    Rule{"paypal-token", kSecret, "access_token\\$production\\$[0-9a-z]{16}\\$[0-9a-f]{32}", Letters::kNone, 0, kRandomHex},
    Rule{"shopify-token", kSecret, "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", Letters::kNone, 0, kRandomHex},
    Rule{"facebook-token", kSecret, "EAA[0-9A-Za-z]{90}", Letters::kAlnum, 400, kRandom},
    Rule{"openai-key", kSecret, "[0-9A-Za-z_-]{20}T3BlbkFJ[0-9A-Za-z_-]{20}", Letters::kNone, 0, kRandom, Edge::kNone, is_openai_key},
    Rule{"anthropic-key", kSecret, "sk-ant-[a-z0-9]{5}-[0-9A-Za-z_-]{80}", Letters::kUrl, 140, kRandom},
    Rule{"huggingface-token", kSecret, "hf_[A-Za-z]{34}", Letters::kNone, 0, kRandom},
    Rule{"newrelic-key", kSecret, "NRAK-[A-Z0-9]{27}", Letters::kNone, 0, kRandom},
    Rule{"grafana-token", kSecret, "glsa_[0-9A-Za-z]{32}_[0-9a-fA-F]{8}", Letters::kNone, 0, kRandom},
    Rule{"sentry-token", kSecret, "sntry[su]_[0-9A-Za-z_=+/-]{40}", Letters::kBase64, 300, kRandom},
    Rule{"linear-key", kSecret, "lin_(?:api|oauth)_[0-9A-Za-z]{32}", Letters::kAlnum, 80, kRandom},
    Rule{"notion-token", kSecret, "ntn_[0-9]{11}[0-9A-Za-z]{35}", Letters::kNone, 0, kRandom},
    Rule{"airtable-token", kSecret, "pat[0-9A-Za-z]{14}\\.[0-9a-f]{64}", Letters::kNone, 0, kRandom},
    Rule{"figma-token", kSecret, "fig[dour]_[0-9A-Za-z_-]{40}", Letters::kUrl, 60, kRandom},
    Rule{"dynatrace-token", kSecret, "dt0c01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}", Letters::kNone, 0, kRandom},
    // Secrets: of any system
    Rule{"jwt", kSecret, "eyJ[0-9A-Za-z_-]{10}", Letters::kDotted, 16384, kRandom, Edge::kNone, is_jwt},
    Rule{"private-key", kSecret, "-----BEGIN [A-Z ]{0,30}PRIVATE KEY", Letters::kNone, 0, 0, Edge::kNone, is_private_key},
    Rule{"putty-private-key", kSecret, "PuTTY-User-Key-File-[23]", Letters::kNone, 0, 0, Edge::kNone, is_private_key},
    Rule{"password-hash", kSecret, "\\$(?:2[abxy]\\$[0-9]{2}\\$|argon2id?\\$|argon2i\\$|[156]\\$[./0-9A-Za-z]|y\\$|scrypt\\$|pbkdf2-sha[0-9]{3}\\$)", Letters::kNone, 0, 0, Edge::kNone, is_password_hash},
    Rule{"url-password", kSecret, "[a-z]://[^\\x00-\\x20/:@\"'`<>]{0,64}:", Letters::kNone, 0, 0, Edge::kNone, is_url_password, true},
    Rule{"authorization-field", kSecret, "authorization['\"]?[:=] ?['\"]?(?:basic|bearer) ", Letters::kNone, 0, 0, Edge::kNone, is_authorization, true},
    Rule{"assigned-secret", kSecret, "(?:passw(?:or)?d|secret(?:[_-]?(?:access[_-]?)?key)?|token|api[_-]?key|access[_-]?key|deploy[_-]?key|private[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key|credential)s?['\"`]?[ \\t]{0,4}[=:]", Letters::kNone, 0, 0, Edge::kNone, is_assigned_secret, true},
    // Stack traces
    Rule{"java-frame", kTrace, "\\.(?:java|kt|scala|groovy):[0-9]{1,6}\\)", Letters::kNone, 0, 0, Edge::kNone, is_frame},
    Rule{"java-exception", kTrace, "Exception in thread \"", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"java-cause", kTrace, "Caused by: [a-z]{2,12}\\.|java\\.lang\\.[A-Z][A-Za-z]{2,30}(?:Exception|Error)", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"dotnet-trace", kTrace, "\\.(?:cs|vb|fs):line [0-9]", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"dotnet-exception", kTrace, "System\\.[A-Z][A-Za-z.]{2,40}Exception: ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"python-trace", kTrace, "Traceback \\(most recent call last\\):", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"python-frame", kTrace, "\\.py\", line [0-9]{1,6}, in ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"php-trace", kTrace, "PHP (?:Fatal error|Parse error|Warning|Notice|Deprecated): ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"php-error", kTrace, "\\.php(?:</b>)? on line (?:<b>)?[0-9]", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"php-frame", kTrace, "\\.php\\([0-9]{1,6}\\): ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"ruby-trace", kTrace, "\\.rb:[0-9]{1,6}:in [`']", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"node-trace", kTrace, "(?:\\.[cm]?[jt]sx?|node:[a-z/_]{2,40}):[0-9]{1,6}:[0-9]", Letters::kNone, 0, 0, Edge::kNone, is_frame},
    Rule{"go-trace", kTrace, "goroutine [0-9]{1,9} \\[[a-z ,0-9]{3,40}\\]:", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"go-panic", kTrace, "panic: runtime error: ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"cpp-terminate", kTrace, "terminate called (?:after throwing an instance of|without an active exception)", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"cpp-sanitizer", kTrace, "==[0-9]{1,9}==ERROR: (?:Address|Memory|Thread|Leak|Undefined)", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"cpp-frame", kTrace, "#[0-9]{1,2} {1,4}0x[0-9a-f]{8,16} in ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"cpp-backtrace", kTrace, "\\+0x[0-9a-f]{1,8}\\) ?\\[0x[0-9a-f]{6,16}\\]", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"rust-panic", kTrace, "' panicked at ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"elixir-trace", kTrace, "\\) lib/[\\w/]{1,60}\\.exs?:[0-9]{1,6}: ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"perl-trace", kTrace, "\\.p[lm] line [0-9]{1,6}\\.", Letters::kNone, 0, 0, Edge::kNone},
    // Databases
    Rule{"mysql-error", kError, "You have an error in your SQL syntax", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"sqlstate", kError, "SQLSTATE\\[[0-9A-Z]{5}\\]", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"oracle-error", kError, "\\bORA-[0-9]{5}: ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"postgres-error", kError, "(?:PG::[A-Z]\\w{3,60}|org\\.postgresql\\.util\\.PSQLException|psycopg2?\\.(?:errors|OperationalError|ProgrammingError)|pq: syntax error)", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"postgres-syntax", kError, "syntax error at or near \"", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"mssql-error", kError, "(?:Unclosed quotation mark after the character string|Incorrect syntax near '|Microsoft OLE DB Provider for|\\[SQL Server\\])", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"sqlite-error", kError, "(?:sqlite3\\.(?:OperationalError|IntegrityError|ProgrammingError)|SQLite3::(?:SQLException|query)|SQLITE_(?:ERROR|CONSTRAINT|BUSY|CORRUPT)|near \"[^\\x00\"]{1,60}\": syntax error)", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"jdbc-error", kError, "(?:java\\.sql\\.SQL\\w{0,40}Exception|com\\.mysql\\.(?:cj\\.)?jdbc|org\\.hibernate\\.\\w{0,40}\\.?\\w{0,40}Exception)", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"mongo-error", kError, "Mongo(?:Server|Network|Write|Bulk)?Error: |E11000 duplicate key error", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"db2-error", kError, "DB2 SQL [Ee]rror|SQLCODE=-[0-9]", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"ldap-error", kError, "javax\\.naming\\.\\w{4,40}Exception|LDAPException|ldap_bind\\(\\)", Letters::kNone, 0, 0, Edge::kNone},
    // Frameworks
    Rule{"spring-error-page", kError, "Whitelabel Error Page", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"tomcat-error-page", kError, "<title>HTTP Status [0-9]{3}[^\\x00<]{0,80}</title>|Apache Tomcat/[0-9]", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"django-debug-page", kError, "you have <code>DEBUG = True</code>|Request Method:</th>|Django Version:", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"flask-debug-page", kError, "Werkzeug Debugger|The debugger caught an exception in your WSGI", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"rails-error-page", kError, "Action Controller: Exception caught|<title>We're sorry, but something went wrong", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"laravel-error-page", kError, "Whoops, looks like something went wrong|facade/ignition|Illuminate\\\\\\w{3,40}\\\\", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"aspnet-error-page", kError, "Server Error in '[^\\x00']{1,80}' Application|customErrors mode=", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"express-error-page", kError, "<pre>(?:\\w{0,40}Error): ", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"php-info", kError, "<title>phpinfo\\(\\)|<h1 class=\"p\">PHP Version", Letters::kNone, 0, 0, Edge::kNone},
    Rule{"directory-listing", kError, "<title>Index of /", Letters::kNone, 0, 0, Edge::kNone},
    // Internal network
    Rule{"internal-ipv4", kAddress, "(?:10|127|172|192|169|100)\\.[0-9]{1,3}\\.", Letters::kNone, 0, 0, Edge::kNone, is_internal_ipv4},
    Rule{"internal-name", kAddress, "\\.(?:internal|local|corp|lan|intranet|svc|localdomain)\\b", Letters::kNone, 0, 0, Edge::kNone, is_internal_name},
    Rule{"unc-path", kAddress, "\\\\\\\\[A-Za-z][\\w-]{1,30}\\\\[\\w$ .-]{1,40}", Letters::kNone, 0, 0, Edge::kNone},
    // Personal data
    Rule{"email", kPersonal, "@[A-Za-z0-9]", Letters::kNone, 0, 0, Edge::kNone, is_email, false, "contact"},
    Rule{"phone", kPersonal, "\\+[1-9][0-9 ().-]{6}", Letters::kNone, 0, 0, Edge::kNone, is_phone, false, "contact"},
    Rule{"payment-card", kPersonal, "\\b[2-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_payment_card>, false, "financial"},
    Rule{"payment-card-amex", kPersonal, "\\b3[0-9]{3}[ -]?[0-9]{6}[ -]?[0-9]{4,5}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_payment_card>, false, "financial"},
    Rule{"iban", kPersonal, "\\b[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?\\b", Letters::kNone, 0, 0, Edge::kWord, checks<is_iban>, false, "financial"},
    Rule{"us-social-security", kPersonal, "\\b[0-9]{3}-[0-9]{2}-[0-9]{4}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_us_social_security>, false, "government-id"},
    Rule{"uk-national-insurance", kPersonal, "\\b[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_uk_national_insurance>, false, "government-id"},
    Rule{"german-tax-id", kPersonal, "\\b[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_german_tax_id>, false, "government-id"},
    Rule{"french-insee", kPersonal, "\\b[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_french_insee>, false, "government-id"},
    Rule{"spanish-dni", kPersonal, "\\b[0-9XYZ][0-9]{7}-?[A-Z]\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_spanish_dni>, false, "government-id"},
    Rule{"italian-fiscal-code", kPersonal, "\\b[A-Z]{6}[0-9A-Z]{2}[A-Z][0-9A-Z]{2}[A-Z][0-9A-Z]{3}[A-Z]\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_italian_fiscal_code>, false, "government-id"},
    Rule{"polish-pesel", kPersonal, "\\b[0-9]{11}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_polish_pesel>, false, "government-id"},
    Rule{"belgian-number", kPersonal, "\\b[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}-[0-9]{3}\\.[0-9]{2}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_belgian_number>, false, "government-id"},
    Rule{"swiss-ahv", kPersonal, "\\b756\\.?[0-9]{4}\\.?[0-9]{4}\\.?[0-9]{2}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_swiss_ahv>, false, "government-id"},
    Rule{"swedish-personal", kPersonal, "\\b(?:19|20)?[0-9]{6}[-+][0-9]{4}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_swedish_personal>, false, "government-id"},
    Rule{"finnish-hetu", kPersonal, "\\b[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_finnish_hetu>, false, "government-id"},
    Rule{"norwegian-number", kPersonal, "\\b[0-9]{6} ?[0-9]{5}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_norwegian_number>, false, "government-id"},
    Rule{"brazilian-cpf", kPersonal, "\\b[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}-[0-9]{2}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_brazilian_cpf>, false, "government-id"},
    Rule{"indian-aadhaar", kPersonal, "\\b[2-9][0-9]{3} [0-9]{4} [0-9]{4}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_indian_aadhaar>, false, "government-id"},
    Rule{"chinese-resident", kPersonal, "\\b[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9X]\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_chinese_resident>, false, "government-id"},
    Rule{"turkish-number", kPersonal, "\\b[1-9][0-9]{10}\\b", Letters::kNone, 0, 0, Edge::kToken, checks<is_turkish_number>, false, "government-id"},
    Rule{"dutch-bsn", kPersonal, "\\b(?:BSN|bsn|burgerservicenummer):? ?[0-9]{9}\\b", Letters::kNone, 0, 0, Edge::kToken, is_named_bsn, false, "government-id"},
    // clang-format on
};

}  // namespace

std::string_view name(Kind kind) {
  constexpr std::array<std::string_view, kKinds> kNames = {"secret", "trace", "error", "address", "personal"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::span<const Rule> rules() { return kRules; }

}  // namespace portico::leak
