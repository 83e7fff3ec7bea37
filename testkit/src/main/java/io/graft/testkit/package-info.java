/**
 * What an author needs to test a modifier, one line a fact. {@link io.graft.testkit.ModifierTester} is for its options and its
 * provider:
 *
 * <ul>
 *   <li>{@code providerIsHealthy()}: it is found and usable, its id is its own, and it is described;
 *   <li>{@code defaults(required, record)}: what the options are that a file leaves out;
 *   <li>{@code mapsEveryKey(options, record)}: every key is read, into the component that it is for;
 *   <li>{@code readsFormerKeys(former, current)}: what keys were called before means the same;
 *   <li>{@code rejects(options, code, key)}: what a file is refused for.
 * </ul>
 *
 * <p>{@link io.graft.testkit.ModelFixture} is for what it does to a model.
 *
 * <p>Knows {@code core} only, and no test framework: what does not hold is an {@link java.lang.AssertionError} that says what to
 * look at. Loads no native library.
 */
package io.graft.testkit;
