// Mocha's own report, and the counts to the process that started it.
import mocha from "mocha";

export default class TestReporter extends mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      process.send?.({ passed: passes, failed: failures, skipped: pending });
    });
  }
}
