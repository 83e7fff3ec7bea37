/** Networks that configurations name as their {@code block-factory}, which has to be in an exported package. */
module io.graft.examples {
    requires transitive ai.djl.api;

    exports io.graft.examples;
}
