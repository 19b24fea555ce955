// What a name is about, for rules that go by names: "redirectUri", "redirect_url" and "RedirectURL" are one topic.
//
// Names are taken apart into words (words_of), the last one in singular; phrases of the vocabulary are looked for as
// the whole name, at its end (English has the noun there), or anywhere, as each phrase says. A name that was glued
// together ("redirecturi") is compared as one. A judgement from names: rules that use it say so by their precision.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace portico::audit {

enum class Topic : std::uint8_t {
  kUrl,             // where something is: homepage, link, image URL
  kFetchedUrl,      // what a service would fetch or call: webhook, source URL, feed
  kRedirect,        // where to send the browser afterwards
  kHost,            // a machine to connect to
  kAddress,         // the same, where the operation connects to something
  kCommand,         // what is run
  kFilePath,        // a file or folder by its name
  kQueryLanguage,   // a statement, filter or template
  kPattern,         // a regular expression
  kSort,            // an order by names of columns
  kFieldSelection,  // names of fields or relations to return
  kPrivilege,       // rights and status of an account
  kOwner,           // whose object it is
  kIdentity,        // a header that says who calls
  kPrice,           // money that the service should work out
  kServerKept,      // ids and times that the service makes
  kInternal,        // marked as nobody's business
  kErrorDetail,     // insides of a failing service
  kDebug,           // switches for diagnosis
  kMethodOverride,
  kJsonp,
  kPageSize,
  kPaging,     // cursors, offsets, page numbers
  kPassword,   // what a person chose
  kProof,      // shown again before something grave: the current password, a code
  kShortCode,  // what a person types from a message: PIN, one-time code
  kCardNumber,
  kCardCode,
  kSignature,  // of a message
  kChallenge,  // proof of a human
  kAccessToken,
  kLifetime,  // how long a token is good
  kFreeText,  // prose: its form is nobody's to say
  kCount,
};

// Bits by Topic.
using Topics = std::uint64_t;
constexpr Topics bit(Topic topic) { return Topics{1} << static_cast<unsigned>(topic); }

Topics topics_of(std::string_view name);

// The words of `name` with the last in singular: "userAddresses" is "user", "address".
std::vector<std::string> singular_words(std::string_view name);

// Whether one of the phrases ("sign up|register": lower-case words in singular) is among neighbouring words.
bool has_phrase(const std::vector<std::string>& words, std::string_view phrases);

}  // namespace portico::audit
