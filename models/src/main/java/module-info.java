/** Models as their papers and original code have them, to be named in a configuration. */
module io.graft.models {
    requires transitive io.graft.core;
    requires static org.apiguardian.api;
    requires static org.jspecify;

    exports io.graft.models;

    // A layer is exchanged for another in every field that holds it.
    opens io.graft.models.bert to
            io.graft.core;
    opens io.graft.models.distilbert to
            io.graft.core;
    opens io.graft.models.epd to
            io.graft.core;
    opens io.graft.models.head to
            io.graft.core;
    opens io.graft.models.parts to
            io.graft.core;
    opens io.graft.models.resnet to
            io.graft.core;
    opens io.graft.models.vit to
            io.graft.core;
}
