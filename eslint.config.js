import tseslint from 'typescript-eslint'

/** What fights the house style is off, each with its reason. */
const HOUSE = {
  'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
  'max-params': ['error', 3],
  // 12 of house style, and room for `...(x !== undefined && { x })` and `??`, which exactOptionalPropertyTypes asks for and this rule counts as branches.
  'complexity': ['error', 16],
  'max-depth': ['error', 3],
  'eqeqeq': 'error',
  'no-console': 'error',
  'semi': ['error', 'never'],
  'quotes': ['error', 'single', { avoidEscape: true, allowTemplateLiterals: true }],
  'no-control-regex': 'error',
  'no-misleading-character-class': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }], // a number prints as itself
  '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }], // who spreads a text wants its code points: patterns match them, hex has no others; columns are counted in cli/width.ts
  '@typescript-eslint/consistent-indexed-object-style': 'off', // `{ readonly [path: string]: X }` says what the key is
  '@typescript-eslint/dot-notation': 'off', // noPropertyAccessFromIndexSignature asks for the brackets
  '@typescript-eslint/require-await': 'off', // ports are asynchronous, some implementations are not
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' }],
  '@typescript-eslint/only-throw-error': 'off', // adapters pass on what they caught, translated or not
  '@typescript-eslint/prefer-promise-reject-errors': 'off', // the same
  '@typescript-eslint/unbound-method': 'off', // stores, writers and ports are objects of functions; none uses `this`
  '@typescript-eslint/no-unnecessary-type-parameters': 'off', // operations are typed by what they are given
  '@typescript-eslint/no-invalid-void-type': 'off',
  '@typescript-eslint/no-base-to-string': 'off', // a refused value of any type is named in its error
  '@typescript-eslint/no-generated-empty-object-type': 'off', // operations without input
}

/** Tests say the same thing many times, and hold fixtures of every wrong type. */
const IN_TESTS = {
  'max-lines': 'off',
  'max-params': 'off',
  'complexity': 'off',
  'no-console': 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-type-assertion': 'off',
  '@typescript-eslint/no-unnecessary-condition': 'off',
  '@typescript-eslint/no-confusing-void-expression': 'off',
  '@typescript-eslint/no-misused-spread': 'off',
  '@typescript-eslint/no-unnecessary-template-expression': 'off',
  '@typescript-eslint/no-unnecessary-type-assertion': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  '@typescript-eslint/consistent-type-definitions': 'off',
  'max-depth': 'off',
  'no-control-regex': 'off',
  'no-misleading-character-class': 'off',
  'quotes': 'off',
  '@typescript-eslint/no-extraneous-class': 'off',
  '@typescript-eslint/no-dynamic-delete': 'off',
  '@typescript-eslint/no-empty-function': 'off',
}

export default tseslint.config(
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { ignores: ['dist/**', 'node_modules/**', 'fixtures/**', 'test/types/**/*.d.ts'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './src/page/tsconfig.json', './test/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: HOUSE,
  },
  { files: ['test/**/*.ts'], linterOptions: { reportUnusedDisableDirectives: 'off' }, rules: IN_TESTS },
)
