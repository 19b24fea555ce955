#include "json/tape_text.h"

#include "json/writer.h"

namespace portico::json {
namespace {

void write_value(Writer& out, const TapeView& tape, std::size_t at) {
  switch (tape.type(at)) {
    case tape::kObject: {
      const std::size_t end = tape.after(at) - 1;
      out.begin_object();
      for (std::size_t i = at + 1; i < end; i = tape.next(i + 1)) {
        out.key(tape.text(i));
        write_value(out, tape, i + 1);
      }
      out.end_object();
      break;
    }
    case tape::kArray: {
      const std::size_t end = tape.after(at) - 1;
      out.begin_array();
      for (std::size_t i = at + 1; i < end; i = tape.next(i)) write_value(out, tape, i);
      out.end_array();
      break;
    }
    case tape::kString: out.string(tape.text(at)); break;
    case tape::kInteger: out.integer(tape.integer(at)); break;
    case tape::kUnsigned: out.unsigned_integer(tape.unsigned_integer(at)); break;
    case tape::kDouble: out.number(tape.real(at)); break;
    case tape::kBigNumber: out.raw(tape.text(at)); break;
    case tape::kTrue: out.boolean(true); break;
    case tape::kFalse: out.boolean(false); break;
    default: out.null(); break;
  }
}

}  // namespace

void append_json(std::string& out, const TapeView& tape) {
  Writer writer(out);
  write_value(writer, tape, TapeView::kFirst);
}

}  // namespace portico::json
