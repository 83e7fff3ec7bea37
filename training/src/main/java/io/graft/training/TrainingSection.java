package io.graft.training;

import io.graft.ConfigurationSection;
import io.graft.ConfiguredSection;

/** How the model is trained, for programs that do so. The command reads it and trains nothing. */
@ConfigurationSection("training")
public final class TrainingSection implements ConfiguredSection {
    private final TrainingOptions options;

    public TrainingSection(TrainingOptions options) {
        this.options = options;
    }

    /** What the file says. */
    public TrainingOptions options() {
        return options;
    }
}
