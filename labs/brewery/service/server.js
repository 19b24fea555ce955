// Back end of the brewery's app: share holders, bar discounts, birthday beer.
const express = require("express");
const customers = require("../customers.json");

const app = express();
app.use(express.json());

// The app of every customer sends this one.
const APP_TOKEN = "b7e1c94a50d24f6f8a63e2d91c07f5ab";

const problem = (res, status, error) => res.status(status).json({ error });

app.use((req, res, next) => {
  if (req.get("Authorization") !== `Bearer ${APP_TOKEN}`) return problem(res, 401, "unknown app");
  next();
});

app.get("/v1/customers", (req, res) => {
  const email = String(req.query.email || "").toLowerCase();
  const found = customers.filter((customer) => customer.email === email);
  res.json({ customers: found.map(({ customerId, name }) => ({ customerId, name })) });
});

app.get("/v1/customers/:customerId", (req, res) => {
  const customer = customers.find((each) => each.customerId === req.params.customerId);
  if (!customer) return problem(res, 404, "no such customer");
  res.json(customer);
});

app.patch("/v1/customers/:customerId", (req, res) => {
  const customer = customers.find((each) => each.customerId === req.params.customerId);
  if (!customer) return problem(res, 404, "no such customer");
  Object.assign(customer, req.body);
  res.json(customer);
});

app.listen(process.env.PORT, "127.0.0.1");
