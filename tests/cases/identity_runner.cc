// Runs tests/cases/identity/*.yaml: tokens, what the policy wants of them, and the verifier's decision.
//
//   now: 1800000000                   seconds since 1970
//   keys: {main: ES256}               made afresh for each file; the names are their kids
//   issuer: {...}                     IssuerOptions: issuer, audiences, keys (names), algorithms, type, max_lifetime,
//                                     skew, requires_expiry, required, claims (a JSON Schema), subject, scope, one_time
//   cases:
//     - name: why this case is here
//       issuer: {...}                 members that differ from the file's; null takes one away
//       key: main                     that signs; the file's first without it
//       header: {...}                 as a mapping, members beside alg and kid (null takes one away), or
//                                     as a text, the header's bytes
//       claims: {...}                 the same for the payload, beside those of the file's `claims`
//       as: "{header}.{payload}.{signature}"   how the parts, in base64url, become a token; {public} is the key's JWK
//       problem: expired              or, where there is none,
//       identity: {subject: ..., scopes: [...], id: ..., key_id: ..., expires: ...}
//
// What is accepted is presented twice, so that cached tokens are decided alike; what is refused, too.
#include <map>
#include <string>
#include <vector>

#include "case_files.h"
#include "case_json.h"
#include "identity/token_verifier.h"
#include "json/reader.h"
#include "schema/compile.h"
#include "signing/signer.h"

namespace {

using namespace portico;
using identity::Algorithm;
using json::Node;
using signing::Signer;

// Members by name: later ones replace earlier ones, null takes away.
using Members = std::vector<std::pair<std::string, std::string>>;  // name, JSON

void merge(Members& members, const Node* node) {
  if (node == nullptr) return;
  for (const auto& [key, value] : node->members()) {
    std::erase_if(members, [&](const auto& member) { return member.first == key->text(); });
    if (value->is_null()) continue;
    std::string text;
    cases::write_json(*value, text);
    members.emplace_back(key->text(), text);
  }
}

std::string object_of(const Members& members) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (const auto& [key, value] : members) writer.key(key).raw(value);
  writer.end_object();
  return out;
}

// A part of a token: the bytes that a text says, or the members of a mapping beside the default ones.
std::string part_of(const Node* node, Members members) {
  if (node != nullptr && node->is_string()) return std::string(node->text());
  merge(members, node);
  return object_of(members);
}

void replace(std::string& text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), with);
}

std::vector<std::string> texts(const Node* node) {
  std::vector<std::string> out;
  if (node == nullptr) return out;
  for (const Node* item : node->items()) out.emplace_back(item->text());
  return out;
}

class File {
 public:
  explicit File(const Node& root) : root_(root), now_(root.find("now")->integer().value_or(0)) {
    for (const auto& [name, algorithm] : root.find("keys")->members()) {
      const auto known = identity::algorithm_of(algorithm->text());
      if (known) signers_.emplace(std::string(name->text()), Signer(*known, std::string(name->text())));
      if (first_.empty()) first_ = name->text();
    }
  }

  // What differs from the case, or nothing.
  std::string run(const Node& test);

 private:
  Result<identity::IssuerOptions> options(const Node& test) const;
  std::string token(const Node& test) const;

  const Node& root_;
  std::int64_t now_;
  std::map<std::string, Signer> signers_;
  std::string first_;
};

Result<identity::IssuerOptions> File::options(const Node& test) const {
  Members members;
  merge(members, root_.find("issuer"));
  merge(members, test.find("issuer"));
  json::Documents documents;
  json::Document& document = documents.add("options", "file:options");
  PORTICO_CHECK_OK(json::read_json(object_of(members), document));
  const Node& node = *document.root;

  identity::IssuerOptions options;
  options.issuer = node.text_of("issuer");
  options.audiences = texts(node.find("audiences"));
  options.type = node.text_of("type");
  options.required = texts(node.find("required"));
  const auto number = [&](std::string_view name, std::int64_t& to) {
    if (const Node* value = node.find(name)) to = value->integer().value_or(0);
  };
  number("max_lifetime", options.max_lifetime_s);
  number("skew", options.skew_s);
  if (const Node* value = node.find("requires_expiry")) options.requires_expiry = value->is_true();
  if (const Node* value = node.find("one_time")) options.one_time = value->is_true();
  if (const Node* value = node.find("subject")) options.subject_claim = value->text();
  if (const Node* value = node.find("scope")) options.scope_claim = value->text();
  if (const Node* schema = node.find("claims")) {
    PORTICO_TRY(options.claims,
                schema::compile(*schema, {.documents = &documents}, {.dialect = schema::Dialect::kJsonSchema202012}));
  }
  identity::KeySetOptions key_options{.name = "keys"};
  for (const std::string& name : texts(node.find("algorithms"))) {
    key_options.algorithms.push_back(*identity::algorithm_of(name));
  }
  std::string keys = "{\"keys\":[";
  for (const std::string& name : texts(node.find("keys"))) {
    const Signer& signer = signers_.at(name);
    if (keys.back() != '[') keys += ',';
    keys += signer.jwk("\"alg\":\"" + std::string(identity::name(signer.algorithm())) + "\"");
  }
  PORTICO_TRY(auto set, identity::KeySet::parse(keys + "]}", key_options));
  options.keys = std::make_shared<const identity::KeySet>(std::move(set));
  return options;
}

std::string File::token(const Node& test) const {
  const Signer& signer = signers_.at(test.find("key") == nullptr ? first_ : std::string(test.text_of("key")));
  const std::string kid = test.find("key") == nullptr ? first_ : std::string(test.text_of("key"));
  std::string header = part_of(test.find("header"),
                               {{"alg", '"' + std::string(name(signer.algorithm())) + '"'}, {"kid", '"' + kid + '"'}});
  replace(header, "{public}", signer.jwk());
  Members claims;
  merge(claims, root_.find("claims"));
  const std::string payload = part_of(test.find("claims"), claims);
  const std::string signed_bytes = signing::base64url(header) + "." + signing::base64url(payload);
  std::string text = test.find("as") == nullptr ? "{header}.{payload}.{signature}" : std::string(test.text_of("as"));
  replace(text, "{header}", signing::base64url(header));
  replace(text, "{payload}", signing::base64url(payload));
  replace(text, "{signature}", signing::base64url(signer.sign(signed_bytes)));
  return text;
}

std::string compare(const Node& wanted, const identity::Identity& found) {
  std::string differs;
  const auto text = [&](std::string_view name, std::string_view value) {
    const Node* node = wanted.find(name);
    if (node != nullptr && node->text() != value) differs += std::string(name) + " is " + std::string(value) + "; ";
  };
  text("subject", found.subject);
  text("issuer", found.issuer);
  text("id", found.id);
  text("key_id", found.key_id);
  text("expires", std::to_string(found.expires_at_s));
  text("certificate", found.certificate_thumbprint);
  text("key", found.key_thumbprint);
  if (const Node* scopes = wanted.find("scopes")) {
    const std::vector<std::string> have(found.scopes.begin(), found.scopes.end());
    if (have != texts(scopes)) differs += std::to_string(have.size()) + " scopes; ";
  }
  return differs;
}

std::string File::run(const Node& test) {
  auto issuer = options(test);
  if (!issuer) return to_string(issuer.error());
  auto verifier = identity::TokenVerifier::make({*std::move(issuer)});
  if (!verifier) return to_string(verifier.error());
  const std::string text = token(test);
  identity::TokenWorker worker;
  for (const std::string_view round : {"first", "again"}) {
    const auto verdict = verifier->verify(worker, text, {.now_s = now_});
    const Node* problem = test.find("problem");
    const std::string_view wanted = problem == nullptr ? std::string_view("none") : problem->text();
    if (identity::name(verdict.problem) != wanted) {
      identity::release(verdict.identity);
      return std::string(round) + ": " + std::string(identity::name(verdict.problem)) + " " + verdict.detail;
    }
    if ((verdict.identity != nullptr) != (problem == nullptr)) return "an identity and a problem";
    if (problem != nullptr) continue;
    std::string differs = test.find("identity") == nullptr ? "" : compare(*test.find("identity"), *verdict.identity);
    identity::release(verdict.identity);
    if (!differs.empty()) return differs;
  }
  return {};
}

void run(const json::Documents& documents, const Node& root, cases::Report& report) {
  File file(root);
  for (const Node* test : root.find("cases")->items()) report.add(cases::where(documents, *test), file.run(*test));
}

}  // namespace

int main(int argc, char** argv) { return argc == 2 ? portico::cases::run_folder(argv[1], run) : 2; }
