// Which operation takes or gives which class of data, and to whom: what an owner has to know before anything else about
// personal data (GDPR, article 30).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/repair.h"
#include "contract/data_class.h"
#include "contract/model.h"

namespace portico::audit {

struct DataFlow {
  contract::DataClass data_class;
  std::vector<std::string> fields;  // names, each once, in the order of the contract
};

struct OperationData {
  std::string operation;  // operationId
  std::string title;      // "GET /orders/{id}"
  std::string audience;   // "anyone", or what callers have to show: "member (orders.read)"
  std::vector<DataFlow> takes;
  std::vector<DataFlow> gives;
};

// Operations that take or give any classified data, in document order.
std::vector<OperationData> data_inventory(const contract::Contract& contract);

std::string write_data_text(const std::vector<OperationData>& inventory);
std::string write_data_json(const std::vector<OperationData>& inventory, std::string_view target);

// Labels (`x-data-classification`) for what is classified and not labelled yet, to be reviewed and kept: from then on
// they are the truth.
std::vector<Repair> classification_labels(const contract::Contract& contract);

}  // namespace portico::audit
