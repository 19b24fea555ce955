// The scratch memory of one worker. Everything here is reused from message to message.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cel/evaluate.h"
#include "guard/guard.h"
#include "guard/injection_check.h"
#include "guard/inspection.h"
#include "guard/origin.h"
#include "guard/ownership_trail.h"
#include "guard/pairs.h"
#include "guard/rule_inputs.h"
#include "guard/scheme_verdict.h"
#include "guard/seals.h"
#include "guard/xml_body.h"
#include "identity/certificate.h"
#include "identity/dpop.h"
#include "identity/token_verifier.h"
#include "json/parse.h"
#include "json/tape.h"
#include "schema/validate.h"
#include "xml/reader.h"

namespace portico::guard {

struct Worker::State {
  json::Parser parser;
  std::string_view parsed;  // what the parser's tape is of; may be a text that is gone, and so only compared by place
  schema::Validator validator;
  json::TapeBuilder builder;
  xml::Reader xml_reader;
  XmlDecoder xml_decoder;
  std::vector<FieldChange> changes;  // to an answer
  std::string text;                  // one decoded value
  std::string document;              // a parameter that is a document, decoded
  std::string decoded;               // a body without its content coding
  std::string joined;                // a header field of several lines
  std::vector<Pair> query;
  std::string query_names;
  std::string cookie_text;  // all Cookie fields
  std::vector<Pair> cookies;
  std::vector<NewerLists> newer_lists;
  std::string limit_policy;  // values of the RateLimit fields
  std::string limit_state;
  std::vector<Pair> form;
  std::string form_names;
  json::TapeView value;  // that a schema accepted last, wherever it lies; count 0: none
  json::TapeView given;  // the answer's body as it leaves; count 0: it could not be read
  RuleInputsPool rule_inputs;
  cel::Scratch rule_scratch;
  std::vector<cel::Value> rule_values;
  std::vector<PresentedId> presented_ids;  // of the request at hand
  InspectionScratch inspection;
  InjectionScratch injection;
  SealScratch seals;

  // Of the request at hand, by the contract's security schemes.
  std::vector<SchemeVerdict> schemes;
  std::string credential;  // one from the query, decoded
  // A token verifier's cache belongs to one verifier. A worker may serve several guards.
  std::vector<std::pair<const void*, identity::TokenWorker>> tokens;
  identity::CertificateWorker certificates;
  identity::DpopVerifier proofs;

  identity::TokenWorker& tokens_of(const void* verifier);
};

}  // namespace portico::guard
