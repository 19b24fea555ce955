// Retail trading, repaired: an order sells the asset of an account of the caller's, and of no other.
const path = require("node:path");
const { randomUUID } = require("node:crypto");
const express = require("express");
const bearer = require("../../lib/bearer");
const { accounts, prices } = require("../accounts.json");

const app = express();
app.use(express.json());
app.use("/api/v3", bearer(path.join(__dirname, "../tokens.json")));

const orders = new Map();

const problem = (res, status, error) => res.status(status).json({ error });
const shown = ({ accountId, asset, balance }) => ({ accountId, asset, balance });

app.get("/api/v3/accounts", (req, res) => {
  res.json({ accounts: accounts.filter((account) => account.owner === req.subject).map(shown) });
});

app.post("/api/v3/orders", (req, res) => {
  const { product, amount, sourceAccountId } = req.body;
  const [asset, currency] = String(product).split("-");
  if (!prices[asset] || currency !== "EUR") return problem(res, 422, "no such product");
  if (!(amount > 0)) return problem(res, 422, "the amount must be positive");

  const source = accounts.find(
    (account) => account.accountId === sourceAccountId && account.owner === req.subject && account.asset === asset,
  );
  if (!source) return problem(res, 422, "no such account");
  if (source.balance < amount) return problem(res, 422, "not enough funds");

  const proceeds = Math.round(amount * prices[asset] * 100) / 100;
  const target = accounts.find((account) => account.owner === req.subject && account.asset === "EUR");
  source.balance -= amount;
  target.balance += proceeds;

  const order = { orderId: randomUUID(), product, amount, sourceAccountId, proceeds, status: "filled" };
  orders.set(order.orderId, { ...order, owner: req.subject });
  res.status(201).json(order);
});

app.get("/api/v3/orders/:orderId", (req, res) => {
  const order = orders.get(req.params.orderId);
  if (!order || order.owner !== req.subject) return problem(res, 404, "no such order");
  const { owner, ...visible } = order;
  res.json(visible);
});

app.listen(process.env.PORT, "127.0.0.1");
