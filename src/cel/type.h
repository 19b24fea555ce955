// Types of expressions, and the environment that an expression is checked against: the variables that it may name.
//
// Types are made for JSON: an object of a schema is a type with known fields, where a field that is not known is an
// error at load; whatever has no known shape is dyn and is looked at when it is there.
//
//   Types types;
//   Shape* path = types.shape("path");
//   path->fields.push_back({"userId", types.string()});
//   Environment environment;
//   environment.declare("path", types.object(path));
//   environment.declare("token", types.map(types.string(), types.dyn()));
//
// Types and Environment must outlive the programs that were compiled with them. Once built, many threads may read them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portico::cel {

enum class Kind : std::uint8_t {
  kAbsent,  // no value: a variable or field that is not there
  kError,   // only of values
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kList,
  kMap,
  kType,
  kObject,  // only of types: a map with known fields
  kDyn,     // only of types: known when it is there
};

struct Shape;

struct Type {
  static constexpr std::uint32_t kUnbounded = UINT32_MAX;

  Kind kind = Kind::kDyn;
  bool nullable = false;                // null is a value too
  std::uint32_t max_size = kUnbounded;  // elements, members or code points, for the estimate of what evaluation costs
  const Type* key = nullptr;            // kMap
  const Type* element = nullptr;        // kList: of elements; kMap: of values
  const Shape* shape = nullptr;         // kObject
};

struct Field {
  std::string name;
  const Type* type = nullptr;
};

// The fields of an object. May refer to itself through its fields' types.
struct Shape {
  std::string name;  // how messages call it: "path", "body.owner"
  std::vector<Field> fields;
  bool open = false;  // further members may be there: object['name'] gives them as dyn, object.name stays an error
  bool takes_any_name = false;  // object.name does too

  std::optional<std::uint32_t> find(std::string_view field) const;
};

// Makes types and owns them; addresses stay.
class Types {
 public:
  static const Type* dyn();
  static const Type* of(Kind scalar);  // kNull to kDuration, kType
  static const Type* boolean() { return of(Kind::kBool); }
  static const Type* integer() { return of(Kind::kInt); }
  static const Type* real() { return of(Kind::kDouble); }
  static const Type* string() { return of(Kind::kString); }
  static const Type* timestamp() { return of(Kind::kTimestamp); }
  static const Type* duration() { return of(Kind::kDuration); }

  const Type* string(std::uint32_t max_size);
  const Type* list(const Type* element, std::uint32_t max_size = Type::kUnbounded);
  const Type* map(const Type* key, const Type* value, std::uint32_t max_size = Type::kUnbounded);
  const Type* object(const Shape* shape);
  const Type* nullable(const Type* type);
  Shape* shape(std::string name);

 private:
  std::deque<Type> types_;
  std::deque<Shape> shapes_;
};

// "list(string)", "map(string, dyn)", "path".
std::string name(const Type& type);
std::string_view name(Kind kind);

// Whether a value of one type may stand where the other is asked for. dyn goes with everything.
bool agree(const Type& a, const Type& b);

class Environment {
 public:
  // The variable's index among the values that evaluate() takes. Names may be qualified: "request.time" declares what
  // is written so, and goes before a field of a variable "request".
  std::uint32_t declare(std::string name, const Type* type);

  std::optional<std::uint32_t> find(std::string_view name) const;
  const Field& operator[](std::size_t index) const { return variables_[index]; }
  std::size_t size() const { return variables_.size(); }

 private:
  std::vector<Field> variables_;
};

}  // namespace portico::cel
