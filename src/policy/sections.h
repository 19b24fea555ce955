// One function a section of portico.yaml, each in a file of its own (load_<section>.cc) and called by load.cc. See
// reader.h for what they do.
#pragma once

#include "policy/policy.h"
#include "policy/reader.h"

namespace portico::policy {

void read(Mapping& addresses, Addresses& to);
void read(Mapping& limit, Limit& to);      // an entry of `limits`
void read(Mapping& answer, Answer& to);    // an entry of `assumptions`
void read(Mapping& check, CheckMode& to);  // an entry of `checks`
void read(Mapping& cors, Cors& to);
void read(Mapping& csrf, Csrf& to);
void read(Mapping& rule, FieldRules& to);  // an entry of `headers.rules`
void read(Mapping& headers, Headers& to);
void read(Mapping& deprecation, Deprecation& to);
void read(Mapping& version, Version& to);
void read(Mapping& lifecycle, Lifecycle& to);
void read(Mapping& ownership, Ownership& to);  // an entry of `ownership`
void read(Mapping& rule, Rule& to);            // an entry of `rules`
void read(Mapping& listen, Listen& to);
void read(Mapping& upstream, Upstream& to);
void read(Mapping& uniform, Uniform& to);    // an entry of `uniform`
void read(Mapping& waiver, Waiver& to);      // an entry of `waivers`
void read(Mapping& token, TokenIssuer& to);  // entries of `identity`
void read(Mapping& keys, ApiKeyFile& to);
void read(Mapping& certificate, CertificateRule& to);
void read(Mapping& identity, Identity& to);
void read_mode(Mapping& mapping, Mode& to, std::string_view help);

void read(Mapping& repair, Repair& to);  // an entry of `repair`, and what is in it
void read(Mapping& mask, MaskValues& to);
void read(Mapping& round, RoundValues& to);
void read(Mapping& drop, DropValues& to);
void read(Mapping& injection, Injection& to);  // an entry of `injection`
void read(Mapping& leaks, Leaks& to);          // an entry of `leaks`

void read(Mapping& seal, Seal& to);
void read(Mapping& type, SealedType& to);          // an entry of `seal.types`
void read(Mapping& exception, SealException& to);  // an entry of `seal.except`

}  // namespace portico::policy
