package io.graft.modifiers.lora.use;

import io.graft.checkpoint.CheckpointException;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An update that stands on a weight, with what the adapter's files say of it, so that the adapter can be saved from wherever it is.
 *
 * @param path what the files call the module, or the tensor that was trained whole
 * @param settings of the adapter, as JSON; the same text for all its updates
 */
public record OfAdapter(Parametrization update, String path, String settings) implements Parametrization {
    private static final String PATH = "path";
    private static final String SETTINGS = "settings";

    /** What files call the module of an update that stands on a model, which may have been opened again; empty if it is not of LoRA. */
    static Optional<String> path(Parametrization standing) {
        return Optional.ofNullable(standing.remarks().get(PATH));
    }

    /**
     * The settings of the adapter that an update is of.
     *
     * @throws CheckpointException if they are malformed, as those of an archive may be
     */
    public static AdapterSettings settings(Parametrization standing, String location) {
        return AdapterSettings.parse(location, standing.remarks().getOrDefault(SETTINGS, "{}"));
    }

    @Override
    public String id() {
        return update.id();
    }

    @Override
    public String description() {
        return update.description();
    }

    @Override
    public Map<String, String> remarks() {
        return Map.of(PATH, path, SETTINGS, settings);
    }

    @Override
    public List<OwnedTensor> owned() {
        return update.owned();
    }

    @Override
    public Form form(Expression.Below below) {
        return update.form(below);
    }
}
