#include "xml/reader.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::xml {
namespace {

std::string_view problem_of(std::string_view bytes, const Limits& limits = {}) {
  Reader reader;
  return name(reader.read(bytes, limits));
}

TEST(XmlReader, ElementsAttributesAndText) {
  Reader reader;
  ASSERT_EQ(reader.read("<?xml version='1.0' encoding='utf-8'?>\n<a xmlns='urn:a' x='1' p:y='2' xmlns:p='urn:p'>\n"
                        " <b>t<![CDATA[<]]>&amp;&#x41;</b><!-- c --><c/></a>\n"),
            Problem::kNone);
  const Document& document = reader.document();
  ASSERT_EQ(document.elements().size(), 3);
  const Element& root = document.elements()[0];
  EXPECT_EQ(document.text(root.name.local), "a");
  EXPECT_EQ(document.text(root.name.space), "urn:a");
  EXPECT_EQ(root.child_count, 2);
  EXPECT_FALSE(root.is_mixed);
  const auto attributes = document.attributes(root);
  ASSERT_EQ(attributes.size(), 2);
  EXPECT_EQ(document.text(attributes[0].name.space), "");
  EXPECT_EQ(document.text(attributes[1].name.space), "urn:p");
  EXPECT_EQ(document.text(attributes[1].name.local), "y");
  EXPECT_EQ(document.text(attributes[1].value), "2");
  const Element& first = document.elements()[root.first_child];
  EXPECT_EQ(document.text(first.text), "t<&A");
  EXPECT_EQ(document.text(document.elements()[first.next_sibling].name.local), "c");
  EXPECT_EQ(document.elements()[first.next_sibling].next_sibling, Element::kNone);
}

TEST(XmlReader, IsReusedAfterAnyOutcome) {
  Reader reader;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(reader.read("<a><b>"), Problem::kSyntax);
    EXPECT_EQ(reader.read("<!DOCTYPE a><a/>"), Problem::kDocumentType);
    ASSERT_EQ(reader.read("<a>x</a>"), Problem::kNone);
    EXPECT_EQ(reader.document().text(reader.document().elements()[0].text), "x");
  }
}

TEST(XmlReader, MixedContentIsSaid) {
  Reader reader;
  for (const char* mixed : {"<a>x<b/></a>", "<a><b/>x</a>", "<a> <b/> x <b/></a>"}) {
    ASSERT_EQ(reader.read(mixed), Problem::kNone);
    EXPECT_TRUE(reader.document().elements()[0].is_mixed) << mixed;
  }
  ASSERT_EQ(reader.read("<a>\n<b/>\t<b/> </a>"), Problem::kNone);
  EXPECT_FALSE(reader.document().elements()[0].is_mixed);
}

TEST(XmlReader, WhatIsNotWellFormedIsRefused) {
  for (const char* bad : {"",
                          " ",
                          "x",
                          "<a>",
                          "<a></b>",
                          "<a/><b/>",
                          "<a/>x",
                          "x<a/>",
                          "<a x=1/>",
                          "<a x='1' x='2'/>",
                          "<p:a/>",
                          "<a p:x='1'/>",
                          "<a>&x;</a>",
                          "<a>&#0;</a>",
                          "<a>\x01</a>",
                          "<a>]]></a>",
                          "<a><![CDATA[</a>",
                          "<a><!-- -- --></a>",
                          "<a xmlns:p=''/>",
                          "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>",
                          " <?xml version='1.0'?><a/>",
                          "<a x='<'/>"}) {
    EXPECT_EQ(problem_of(bad), "xml-syntax") << bad;
  }
  EXPECT_EQ(problem_of("<a>\xFF</a>"), "invalid-utf8");
  EXPECT_EQ(problem_of("<a>\xED\xA0\x80</a>"), "invalid-utf8");
  EXPECT_EQ(problem_of(std::string_view("<a>\0</a>", 8)), "xml-syntax");
}

TEST(XmlReader, WhatReadersDifferInIsRefused) {
  EXPECT_EQ(problem_of("<!DOCTYPE a><a/>"), "xml-document-type");
  EXPECT_EQ(problem_of("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "xml-document-type");
  EXPECT_EQ(problem_of("<!DOCTYPE a SYSTEM 'http://x/y'><a/>"), "xml-document-type");
  EXPECT_EQ(problem_of("<?x?><a/>"), "xml-processing-instruction");
  EXPECT_EQ(problem_of("<a><?x y?></a>"), "xml-processing-instruction");
  EXPECT_EQ(problem_of("<a/><?x?>"), "xml-processing-instruction");
  EXPECT_EQ(problem_of("<?xml version='1.0' encoding='utf-7'?><a/>"), "xml-encoding");
  EXPECT_EQ(problem_of("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), "xml-encoding");
  EXPECT_EQ(problem_of("<?xml version='1.1'?><a/>"), "xml-encoding");
  EXPECT_EQ(problem_of("<a>x<!-- -->y</a>"), "xml-comment-in-text");
  EXPECT_EQ(problem_of("<a><!-- -->y</a>"), "xml-comment-in-text");
  EXPECT_EQ(problem_of("<a>x<!-- --></a>"), "xml-comment-in-text");
  EXPECT_EQ(problem_of("<a> <!-- --> <b/> <!-- --></a><!-- -->"), "");
}

TEST(XmlReader, LimitsHold) {
  std::string deep;
  for (int i = 0; i < 64; ++i) deep += "<a>";
  std::string closed = deep;
  for (int i = 0; i < 64; ++i) closed += "</a>";
  EXPECT_EQ(problem_of(closed), "");
  EXPECT_EQ(problem_of(deep + "<a/>"), "xml-depth");
  EXPECT_EQ(problem_of(deep + "<a/>", {.depth = 100'000}), "xml-syntax");
  EXPECT_EQ(problem_of("<a><b/><b/></a>", {.elements = 2}), "xml-element-limit");
  EXPECT_EQ(problem_of("<a x='1' y='2'/>", {.attributes = 1}), "xml-attribute-limit");
  EXPECT_EQ(problem_of("<a xmlns='" + std::string(513, 'u') + "'/>"), "xml-namespace-limit");
  EXPECT_EQ(problem_of("<a xmlns='u'><b xmlns='v'/></a>", {.namespaces = 1}), "xml-namespace-limit");
  EXPECT_EQ(problem_of("<a xmlns='u'><b xmlns='u'/></a>", {.namespaces = 1}), "");
}

TEST(XmlReader, HostileDocumentsTakeLinearTime) {
  const std::string space(400'000, ' ');
  std::string comments = "<a>" + space;
  for (int i = 0; i < 50'000; ++i) comments += "<!---->";
  EXPECT_EQ(problem_of(comments + "</a>"), "");
  std::string children = "<a>" + space;
  for (int i = 0; i < 50'000; ++i) children += "<b/>";
  EXPECT_EQ(problem_of(children + "</a>"), "");
  std::string spaces = "<a xmlns='" + std::string(512, 'u') + "' xmlns:b='" + std::string(512, 'v') + "'>";
  for (int i = 0; i < 50'000; ++i) spaces += "<c/><b:c/>";
  EXPECT_EQ(problem_of(spaces + "</a>", {.elements = 200'000}), "");
}

}  // namespace
}  // namespace portico::xml
