import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/** Rules in words: network/protocol stays pure, chaincode stays deterministic, configuration is read in one place. */
const noWorld = [{ name: "process", message: "Only main.ts and config.ts read the process." }];

const nondeterministic = [
  { object: "Date", property: "now", message: "Chaincode time is the transaction timestamp." },
  { object: "Math", property: "random", message: "Chaincode has no randomness." },
];

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "**/*.mjs", "eslint.config.js", "gateway/web/static/**"] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      complexity: ["error", 10],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true } }],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["network/protocol/src/**", "network/threshold/src/**", "network/tip/src/**", "chaincode/src/**"],
    ignores: ["chaincode/src/main.ts"],
    rules: {
      "no-restricted-globals": ["error", ...noWorld],
      "no-restricted-properties": ["error", ...nondeterministic],
      "no-restricted-imports": [
        "error",
        { patterns: ["node:fs*", "node:net", "node:http*", "node:child_process"] },
      ],
    },
  },
  {
    // Decorated parameters need `Context` as a value at run time: an `import type` turns it into a transaction argument.
    files: ["chaincode/**"],
    rules: {
      "@typescript-eslint/consistent-type-imports": "off",
      "@typescript-eslint/no-extraneous-class": "off",
    },
  },
  {
    files: ["**/test/**"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
);
