package io.graft.apply;

import com.typesafe.config.ConfigFactory;
import io.graft.ModelOpener;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import java.nio.file.Path;
import java.util.Map;

/** A model that Graft opens: that of the configuration, or a checkpoint that the caller names. */
sealed interface NamedModel {
    /** What is asked of a configuration that is to be planned for. */
    Demand demand();

    /** What is asked of a configuration that is only looked at. */
    Demand check();

    /** A configuration with the model. */
    Configuration in(Configuration configuration, PlugRegistry registry);

    /** The model that the configuration's own section names. */
    record Configured() implements NamedModel {
        @Override
        public Demand demand() {
            return Demand.of(Demand.Model.NAMED);
        }

        @Override
        public Demand check() {
            return Demand.of(Demand.Model.EITHER);
        }

        @Override
        public Configuration in(Configuration configuration, PlugRegistry registry) {
            return configuration;
        }
    }

    /**
     * A checkpoint.
     *
     * @param path a file or a folder
     */
    record InFiles(Path path) implements NamedModel {
        @Override
        public Demand demand() {
            return Demand.of(Demand.Model.GIVEN);
        }

        @Override
        public Demand check() {
            return demand();
        }

        @Override
        public Configuration in(Configuration configuration, PlugRegistry registry) {
            ConfigCursor section = ConfigCursor.of(ConfigFactory.parseMap(Map.of(
                            "graft.model.checkpoint",
                            path.toAbsolutePath().normalize().toString())))
                    .at("graft.model");
            Bound<BoundPlug<ModelOpener>> bound = registry.modelTarget(section);
            if (bound instanceof Bound.Ok<BoundPlug<ModelOpener>> ok) {
                return configuration.on(ok.value());
            }
            throw configuration.failure(bound.problems(), null, null);
        }
    }
}
