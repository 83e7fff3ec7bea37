/** What the author of a modifier tests it with, with any test framework. */
module io.graft.testkit {
    requires transitive io.graft.core;
    requires static org.jspecify;

    exports io.graft.testkit;
}
