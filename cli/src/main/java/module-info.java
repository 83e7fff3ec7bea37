/** The {@code graft} command. Its modifiers are found, those that come with it too. */
module io.graft.cli {
    requires info.picocli;
    requires io.graft.core;
    requires tools.jackson.core;
    requires static org.jspecify;

    opens io.graft.cli to
            info.picocli;
}
