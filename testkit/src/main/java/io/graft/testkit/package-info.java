/**
 * What an author needs to test a modifier, one line a fact: {@link io.graft.testkit.ModifierTester} for its options and its
 * provider, {@link io.graft.testkit.ModelFixture} for what it does to a model.
 *
 * <p>Knows {@code core} only, and no test framework: what does not hold is an {@link java.lang.AssertionError} that says what to
 * look at. Loads no native library.
 */
package io.graft.testkit;
