// node parse.mjs FILE: reads a JSON array of { language, text } and answers for each: { errors: [position], selectors: [{ metric, matchers: { label: "=~value" }, ranges,
// functions }] }. Selectors are those of PromQL, with the range of a range vector and the functions around it, the nearest first.
import { readFileSync } from "node:fs";
import { parser as promql } from "@prometheus-io/lezer-promql";
import { parser as logql } from "@grafana/lezer-logql";
import { parser as traceql } from "@grafana/lezer-traceql";

const parsers = { promql, logql, traceql };

const queries = JSON.parse(readFileSync(process.argv[2], "utf8"));
process.stdout.write(JSON.stringify(queries.map(({ language, text }) => parse(language, text))));

function parse(language, text) {
  const errors = [];
  const selectors = [];
  const tree = parsers[language].parse(text);
  if (tree.length === 0 || text.trim() === "") {
    errors.push(0);
  }

  tree.iterate({
    enter(node) {
      if (node.type.isError) {
        errors.push(node.from);
      }

      if (language === "promql" && node.name === "VectorSelector") {
        selectors.push(describe(node.node, text));
      }
    },
  });
  return { errors, selectors };
}

function describe(selector, text) {
  const slice = (node) => text.slice(node.from, node.to);
  const metric = selector.getChild("Identifier");
  const matchers = {};
  for (const list of selector.getChildren("LabelMatchers")) {
    for (const matcher of list.getChildren("UnquotedLabelMatcher")) {
      matchers[slice(matcher.getChild("LabelName"))] =
        slice(matcher.getChild("MatchOp")) + JSON.parse(slice(matcher.getChild("StringLiteral")));
    }
  }

  let range = null;
  const functions = [];
  for (let node = selector.parent; node; node = node.parent) {
    if (node.name === "MatrixSelector") {
      range = slice(node).replace(/^.*\[/s, "").replace(/\]$/, "");
    } else if (node.name === "FunctionCall") {
      functions.push(slice(node.getChild("FunctionIdentifier")));
    }
  }

  return { metric: metric === null ? null : slice(metric), matchers, range, functions };
}
