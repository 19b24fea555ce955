#include "audit/vocabulary.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"

namespace portico::audit {
namespace {

enum class Where : std::uint8_t { kWhole, kEnd, kAnywhere };

struct Entry {
  Topic topic;
  Where where;
  std::string_view phrases;
};

constexpr Entry kVocabulary[] = {
    {Topic::kUrl, Where::kEnd, "url|uri|href|link|website|homepage|permalink"},
    {Topic::kFetchedUrl, Where::kEnd,
     "webhook|webhook url|webhook uri|hook url|callback|callback url|callback uri|notification url|notify url|"
     "source url|source uri|remote url|target url|target uri|import url|feed url|rss url|fetch url|download url|"
     "endpoint|endpoint url|proxy url|image url|picture url|photo url|avatar url|logo url|icon url|file url|"
     "document url|pdf url|manifest url|metadata url|jwks uri|jwks url|ping url|upstream url|origin url|"
     "postback url|upload url|video url|clone url|server url|service url|push url|media url|webhook endpoint"},
    {Topic::kFetchedUrl, Where::kWhole, "url|uri|feed|link"},
    {Topic::kRedirect, Where::kEnd,
     "redirect|redirect url|redirect uri|redirect to|return url|return uri|return to|next url|continue url|"
     "success url|cancel url|goto|forward url|back url|post logout redirect uri|redir|rurl|return path"},
    {Topic::kRedirect, Where::kWhole, "next|continue|return|forward|destination url|service"},
    {Topic::kHost, Where::kWhole,
     "host|hostname|host name|proxy|upstream|remote host|target host|server host|backend|target ip|host address|"
     "target address|dest host|destination host|target server|remote server|backend host|ping target|scan target|"
     "connect to|proxy host|upstream host|callback host|webhook host"},
    {Topic::kHost, Where::kEnd, "smtp host|ldap host|db host|database host|mail server|smtp server"},
    {Topic::kAddress, Where::kWhole, "ip|ip address|address|domain|domain name|target|server|remote address"},
    {Topic::kCommand, Where::kEnd,
     "command|command line|cmd|cmd line|cmdline|shell|shell command|script|exec|executable|source code|bash|"
     "powershell|util cmd arg|cmd arg|command arg|expression code|eval"},
    {Topic::kCommand, Where::kWhole, "code to run|statement to run|program|macro|lambda body"},
    {Topic::kFilePath, Where::kEnd,
     "file path|filepath|path name|pathname|file name|filename|folder path|directory|dir|dir path|directory path|"
     "local path|template path|upload path|log file|output file|input file|file location|backup file|config file"},
    {Topic::kFilePath, Where::kWhole, "path|dest path|source path|destination path|target path|src path"},
    {Topic::kQueryLanguage, Where::kEnd,
     "sql|sql query|where clause|where|hql|jpql|cypher|xpath|jsonpath|json path|jq|odata filter|filter expression|"
     "expression|formula|template body|raw query|query string|lucene query|graph ql query|graphql query|mongo query|"
     "ldap filter|ldap query|nosql query|query expression|search expression|jexl|spel|ognl|velocity|handlebar"},
    {Topic::kQueryLanguage, Where::kWhole, "filter|query|template|predicate|criteria|statement|condition|having"},
    {Topic::kPattern, Where::kEnd, "regex|regexp|regular expression|match pattern|re pattern|pattern expression"},
    {Topic::kPattern, Where::kWhole, "pattern"},
    {Topic::kSort, Where::kWhole,
     "sort|sort by|sort field|sort column|sort key|sort order by|order by|orderby|sortby|ordering|group by|sort "
     "expression|order field|order column"},
    {Topic::kFieldSelection, Where::kWhole,
     "field|expand|include|include field|embed|select|projection|property|attribute|with|relation|populate|columns|"
     "column|return field|extra field|load|expansion|include relation"},
    {Topic::kPrivilege, Where::kWhole,
     "is admin|admin|is administrator|is superuser|superuser|is super user|is super admin|super admin|is staff|is root|"
     "role|user role|account role|role id|role name|permission|user permission|privilege|user privilege|access level|"
     "user level|is verified|email verified|phone verified|is email verified|is phone verified|kyc status|kyc level|"
     "kyc verified|is approved|account status|user status|security level|clearance|clearance level|is moderator|"
     "is owner|is trusted|is premium|entitlement|authority|membership level|membership tier|subscription tier|"
     "is internal|is privileged|acl|is manager|verified|approved|premium|account tier|plan level|is paid|admin flag|"
     "administrator|admin level|granted authority|granted scope|is active|is enabled|is banned|user group|is operator|"
     "has admin access|account enabled|trust level|is vip|can approve|is confirmed"},
    {Topic::kOwner, Where::kWhole,
     "owner|owner id|user id|userid|account id|accountid|customer id|customerid|tenant id|tenantid|tenant|author id|"
     "created by|creator id|org id|organization id|organisation id|member id|merchant id|seller id|owner uuid|"
     "user uuid|company id|modified by|updated by|submitted by|owner user id|created by id|client account id|"
     "owned by|belongs to|created by user id|employee id|profile id"},
    {Topic::kIdentity, Where::kEnd,
     "user id|userid|account id|customer id|tenant id|tenant|user name|username|user email|authenticated user|"
     "forwarded user|remote user|user role|role|is admin|member id|impersonate|impersonate user|on behalf of|acting "
     "as|organization id|org id|caller id|principal|subject id|employee id|auth user|user groups|user group|end user"},
    {Topic::kPrice, Where::kEnd,
     "price|unit price|total price|final price|discount|discount percent|discount amount|discount rate|balance|"
     "account balance|credit balance|credit|total amount|subtotal|total cost|cost|tax amount|shipping cost|fee|"
     "loyalty point|reward point|credit limit|exchange rate|interest rate|wallet balance|point balance|order total|"
     "grand total|net total|commission|markup"},
    {Topic::kServerKept, Where::kWhole,
     "id|uuid|created at|created|created on|created date|creation date|creation time|date created|create time|"
     "updated at|updated|updated on|updated date|modified at|modified|modified on|last modified|last modified at|"
     "date updated|date modified|update time|deleted at|deleted on|last login|last login at|last seen|login count|"
     "failed login count|etag|revision|version number|row version|audit log|last updated|last updated at"},
    {Topic::kInternal, Where::kAnywhere,
     "do not use|hidden field|private note|staff note|admin note|internal note|internal comment|"
     "internal id|internal status|internal code|internal data|internal reference|internal score|internal field|"
     "internal cost|internal flag|internal user|internal name|internal use|internal memo"},
    {Topic::kInternal, Where::kWhole,
     "internal|v|class|mongo id|row id|rowid|db id|database id|shard|shard id|is deleted"},
    {Topic::kErrorDetail, Where::kEnd,
     "stack|stack trace|stacktrace|backtrace|back trace|traceback|call stack|exception|exception class|"
     "exception type|exception message|exception name|inner exception|root cause|sql|sql query|sql state|sqlstate|"
     "sql error|sql statement|db error|database error|debug|debug info|debug information|debug message|debug detail|"
     "source file|file path|line number|class name|method name|hostname|host name|server name|server version|"
     "internal message|internal error|internal detail|raw query|failed query|env|environment variable|core dump"},
    {Topic::kErrorDetail, Where::kWhole, "trace|query|file|line|host|server|frame"},
    {Topic::kDebug, Where::kWhole,
     "debug|is debug|debug mode|debugging|enable debug|trace|trace mode|verbose|verbosity|test mode|is test|"
     "x debug|x trace|diagnostic|diagnostic mode|dev mode|developer mode|debug level|log level|profile sql|explain|"
     "skip validation|bypass|skip auth|bypass auth|no auth|dry auth|xdebug session|show error|show stack trace"},
    {Topic::kMethodOverride, Where::kEnd, "http method override|method override|http method"},
    {Topic::kMethodOverride, Where::kWhole, "method"},
    {Topic::kJsonp, Where::kWhole, "callback|jsonp|jsoncallback|json callback|cb|jsonp callback"},
    {Topic::kPageSize, Where::kWhole,
     "limit|per page|perpage|page size|pagesize|size|count|page limit|max result|maxresult|top|first|last|maxitem|"
     "max item|take|result per page|rows|row|row count|num result|number of result|items per page|item per page|"
     "page count|batch size|batchsize|max|max row|max count|fetch size|limit per page|results per page|result count|"
     "page length|chunk size|max record|record limit|result limit|max entry|max hit|n"},
    {Topic::kPaging, Where::kEnd,
     "cursor|offset|page|page number|page token|page id|starting after|ending before|after|before|continuation|"
     "continuation token|marker|skip|start index|start|next token|page index|since|from|bookmark|anchor|range"},
    {Topic::kPassword, Where::kEnd, "password|passwd|pwd|pass phrase|passphrase|pass word|new password"},
    {Topic::kProof, Where::kEnd,
     "current password|old password|existing password|previous password|confirm password current|otp|otp code|"
     "one time code|one time password|totp|verification code|confirmation code|mfa code|reset token|reset code|"
     "two factor code|reauthentication token|code|token|passcode|current passphrase|sudo token|assertion|proof"},
    {Topic::kShortCode, Where::kEnd,
     "pin|pin code|pincode|otp|otp code|one time code|one time password|one time passcode|verification code|"
     "confirmation code|sms code|mfa code|two factor code|reset code|reset pin|security code|auth code|passcode|"
     "pass code|access code|activation code|unlock code|login code|totp|recovery code|invite code|pairing code|"
     "code verification|postcode secret|door code|reset token|magic code|secret code|token code|2 fa code|fa code"},
    {Topic::kCardNumber, Where::kEnd,
     "card number|cardnumber|credit card number|credit card|pan|primary account number|debit card number|card pan|"
     "payment card number|cc number|card no"},
    {Topic::kCardCode, Where::kEnd,
     "cvv|cvc|cvv 2|cvc 2|cid code|card security code|card verification code|csc|card "
     "verification value|security code card|card pin"},
    {Topic::kSignature, Where::kAnywhere,
     "signature|hmac|sign|signed|webhook secret|webhook token|verification token|hub signature|digest|sig|"
     "authorization|webhook id|svix"},
    {Topic::kChallenge, Where::kAnywhere,
     "captcha|recaptcha|hcaptcha|turnstile|challenge|proof of work|bot token|anti automation|device check|"
     "device attestation|attestation|integrity token|app check"},
    {Topic::kAccessToken, Where::kEnd,
     "access token|accesstoken|auth token|authtoken|session token|bearer token|id token|refresh token|refreshtoken|"
     "api token|jwt|authentication token"},
    {Topic::kAccessToken, Where::kWhole, "token|session id|sessionid"},
    {Topic::kLifetime, Where::kAnywhere,
     "expire|expires|expiry|expiration|exp|ttl|lifetime|valid until|not after|"
     "max age|validity|expire in"},
    {Topic::kFreeText, Where::kEnd,
     "description|comment|note|message|text|body|content|summary|bio|about|title|subject|reason|remark|feedback|"
     "review|caption|detail|memo|instruction|explanation|markdown|html|prompt|answer|question|abstract|label|"
     "display name|greeting|headline|story|biography|notes|query text|search|keyword|q"},
};

struct Reading {
  Topic topic;
  Where where;
};

std::string without_spaces(std::string_view phrase) {
  std::string out(phrase);
  std::erase(out, ' ');
  return out;
}

using Readings = std::unordered_map<std::string, std::vector<Reading>>;

const Readings& readings() {
  static const Readings kReadings = [] {
    Readings all;
    for (const Entry& entry : kVocabulary) {
      for (const auto phrase : split(entry.phrases, '|')) {
        all[std::string(phrase)].push_back({entry.topic, entry.where});
        if (const auto glued = without_spaces(phrase); glued != phrase) {
          all[glued].push_back({entry.topic, Where::kWhole});
        }
      }
    }
    return all;
  }();
  return kReadings;
}

constexpr std::size_t kLongestPhrase = 5;

std::string singular(std::string word) {
  if (word == "uris" || word == "apis") return word.substr(0, 3);
  if (word.ends_with("uses") && word.size() > 6) return word.substr(0, word.size() - 2);
  if (word.ends_with("ies") && word.size() > 4) return word.substr(0, word.size() - 3) + 'y';
  if (word.ends_with("sses") || word.ends_with("xes") || word.ends_with("ches")) return word.substr(0, word.size() - 2);
  if (word.ends_with('s') && word.size() > 3 && !word.ends_with("ss") && !word.ends_with("us") &&
      !word.ends_with("is") && word != "pos" && word != "address") {
    word.pop_back();
  }
  return word;
}

Topics read(const std::vector<std::string>& words) {
  Topics topics = 0;
  const auto& known = readings();
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    std::string phrase;
    for (std::size_t end = begin; end < std::min(words.size(), begin + kLongestPhrase); ++end) {
      if (end != begin) phrase += ' ';
      phrase += words[end];
      const auto found = known.find(phrase);
      if (found == known.end()) continue;
      for (const auto& [topic, where] : found->second) {
        const bool at_end = end + 1 == words.size();
        const bool whole = at_end && begin == 0;
        if (where == Where::kAnywhere || (where == Where::kEnd && at_end) || whole) topics |= bit(topic);
      }
    }
  }
  return topics;
}

}  // namespace

std::vector<std::string> singular_words(std::string_view name) {
  auto words = words_of(name);
  if (!words.empty()) words.back() = singular(std::move(words.back()));
  return words;
}

Topics topics_of(std::string_view name) {
  auto words = words_of(name);
  // The "X-" of header fields says nothing.
  if (words.size() > 1 && words.front() == "x") words.erase(words.begin());
  if (words.empty()) return 0;
  Topics topics = read(words);
  if (auto last = singular(words.back()); last != words.back()) {
    words.back() = std::move(last);
    topics |= read(words);
  }
  return topics;
}

bool has_phrase(const std::vector<std::string>& words, std::string_view phrases) {
  const auto stands_at = [&](std::size_t at, std::string_view phrase) {
    for (; at < words.size(); ++at) {
      const auto space = phrase.find(' ');
      if (words[at] != phrase.substr(0, space)) return false;
      if (space == std::string_view::npos) return true;
      phrase.remove_prefix(space + 1);
    }
    return false;
  };
  while (true) {
    const auto bar = phrases.find('|');
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (stands_at(i, phrases.substr(0, bar))) return true;
    }
    if (bar == std::string_view::npos) return false;
    phrases.remove_prefix(bar + 1);
  }
}

}  // namespace portico::audit
