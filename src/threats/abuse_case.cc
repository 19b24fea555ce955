// Abuse cases: the concrete request of each kind of threat, and the answer that would refuse it.
#include <algorithm>

#include "base/text.h"
#include "threats/threats.h"

namespace portico::threats {
namespace {

// What the attacker writes for a variable of the path.
std::string with_values(std::string_view title, std::string_view value) {
  std::string out;
  while (!title.empty()) {
    const auto open = title.find('{');
    const auto close = title.find('}', open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    out += title.substr(0, open);
    out += value;
    title.remove_prefix(close + 1);
  }
  out += title;
  return out;
}

std::string first_name(const std::string& subject) { return subject.substr(0, subject.find(',')); }

struct Script {
  std::string_view precondition;
  std::string_view step;  // "{request}", "{next}" and "{subject}" are filled in
  std::string_view expected;
};

Script script_of(KindId kind) {
  switch (kind) {
    case KindId::kAnonymousCall: return {"No credentials.", "{request}", "401"};
    case KindId::kCredentialStuffing:
      return {"A list of leaked names and passwords.", "{request}, with the next pair each time",
              "429, and the name locked"};
    case KindId::kPinGuessing:
      return {"The other facts of one account are known.", "{request}, with {subject} counted up",
              "429 after a few attempts"};
    case KindId::kStaticCredential:
      return {"A copy of another client's credential.", "{request}, with that credential",
              "401 once it is revoked or expired"};
    case KindId::kCrossSiteRequest:
      return {"The victim is logged in and opens the attacker's page.",
              "{request}, with Origin: https://attacker.example and the victim's cookie", "403"};
    case KindId::kMassAssignment:
      return {"Credentials of an ordinary caller.", "{request}, with {\"role\": \"admin\"} added to the body", "400"};
    case KindId::kForgedFact:
      return {"Credentials of an ordinary caller.", "{request}, with a made-up value for {subject}", "403 or 422"};
    case KindId::kInjection:
      return {"Whatever the operation asks for.", "{request}, with ' OR '1'='1 in {subject}", "400"};
    case KindId::kMaliciousUpload:
      return {"Whatever the operation asks for.", "{request}, with a script named like a picture", "415 or 400"};
    case KindId::kExternalEntities:
      return {"Whatever the operation asks for.",
              "{request}, with <!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", "400"};
    case KindId::kMachineInTheMiddle:
      return {"A place on the way between client and server.", "{request} over http:", "no answer, or 308 to https:"};
    case KindId::kUnaccountableChange: return {"No credentials.", "{request}", "401"};
    case KindId::kSharedCredential:
      return {"The key that every copy of the application carries.", "{request}, with that key",
              "401, or an event that names the client"};
    case KindId::kForeignObject:
      return {"Credentials of one caller, and the id of another's object.", "{request}, with that id as {subject}",
              "403 or 404"};
    case KindId::kEnumeration:
      return {"One id that works.", "{request}, then {next}, and so on", "429 after a few distinct ids"};
    case KindId::kPersonalDataPublic: return {"No credentials.", "{request}", "401, or an answer without {subject}"};
    case KindId::kExcessiveData:
      return {"Whatever the operation asks for.", "{request}, and all fields of the answer are read",
              "an answer with declared fields only"};
    case KindId::kSecretReturned:
      return {"Whatever the operation asks for.", "{request}, and {subject} is used elsewhere",
              "an answer without {subject}"};
    case KindId::kAccountEnumeration:
      return {"A list of addresses or numbers.", "{request}, with the next one as {subject} each time",
              "the same answer for known and unknown, then 429"};
    case KindId::kPositionTracking:
      return {"Three invented positions.", "{request}, from each of them", "rounded values for {subject}"};
    case KindId::kCredentialInUrl: return {"Access to a log of URLs.", "{request}, with {subject} from the log", "400"};
    case KindId::kRevealingErrors:
      return {"Whatever the operation asks for.", "{request}, with a value of the wrong type",
              "a problem document without internals"};
    case KindId::kFlooding:
      return {"Whatever the operation asks for.", "{request}, a thousand times a second", "429 with Retry-After"};
    case KindId::kOversizedRequest:
      return {"Whatever the operation asks for.", "{request}, with {subject} of a hundred megabytes", "413 or 400"};
    case KindId::kHarvesting:
      return {"Whatever the operation asks for.", "{request}, with the largest page, page after page",
              "400 for the page size, then 429"};
    case KindId::kFlowAutomation: return {"Credentials of one caller.", "{request}, by a program without end", "429"};
    case KindId::kManagementInterface:
      return {"Credentials of an ordinary caller, or none.", "{request}", "401, 403 or 404"};
    case KindId::kFunctionLevelAccess: return {"Credentials of a caller with fewer rights.", "{request}", "403"};
    case KindId::kServerSideRequest:
      return {"Whatever the operation asks for.", "{request}, with http://169.254.169.254/ as {subject}", "400"};
    case KindId::kCommandExecution:
      return {"Whatever the operation asks for.", "{request}, with id as {subject}", "401, 403 or 400"};
  }
  return {};
}

std::string filled(std::string_view text, const Surface& surface, const std::string& subject) {
  const std::string what = subject.empty() ? "a value" : first_name(subject);
  std::string out;
  while (!text.empty()) {
    const auto replace = [&](std::string_view mark, const std::string& value) {
      if (!text.starts_with(mark)) return false;
      out += value;
      text.remove_prefix(mark.size());
      return true;
    };
    if (replace("{request}", with_values(surface.title, "1001")) ||
        replace("{next}", with_values(surface.title, "1002")) || replace("{subject}", what)) {
      continue;
    }
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace

AbuseCase abuse_case_of(const Model& model, const Threat& threat) {
  const Surface& surface = model.surface[threat.operation];
  const Script script = script_of(threat.kind->id);
  return {.title = std::string(threat.kind->title) + ": " + surface.title,
          .precondition = std::string(script.precondition),
          .steps = {filled(script.step, surface, threat.subject)},
          .expected = filled(script.expected, surface, threat.subject)};
}

}  // namespace portico::threats
