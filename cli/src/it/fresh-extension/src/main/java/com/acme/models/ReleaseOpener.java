package com.acme.models;

import io.graft.ModelOpener;
import io.graft.ModelRef;
import io.graft.ModelTarget;
import io.graft.OpenedModel;
import io.graft.OpeningContext;
import io.graft.Plan;
import io.graft.SourceCheckpoint;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Default;
import io.graft.config.Range;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A release of a model: a folder with one file for each revision. */
@ModelTarget("acme-release")
public final class ReleaseOpener implements ModelOpener {
    private final Options options;

    public ReleaseOpener(Options options) {
        this.options = options;
    }

    @Override
    public OpenedModel open(OpeningContext context) {
        Path file = options.acmeRelease().resolve("revision-" + options.revision() + ".safetensors");
        return OpenedModel.of(new Release(context.open(CheckpointRef.of(file))));
    }

    /**
     * Which release is modified.
     *
     * @param acmeRelease the folder of the release
     * @param revision which of its files
     */
    public record Options(
            Path acmeRelease, @Default("1") @Range(min = 1) int revision) {}

    private record Release(SourceCheckpoint weights) implements TargetModel {
        @Override
        public ModelRef ref() {
            return new ModelRef("acme-release", weights.uri());
        }

        @Override
        public ModelDraft draft() {
            List<DraftTensor> tensors = weights.checkpoint().tensors().values().stream()
                    .map(entry -> DraftTensor.initial(
                            entry.name(), Set.of(), TensorKind.PARAMETER, true, weights.tensor(entry)))
                    .toList();
            return new ModelDraft(List.of(), tensors);
        }

        @Override
        public Optional<List<String>> writableFormats() {
            return Optional.of(List.of("safetensors"));
        }

        @Override
        public List<Problem> refusals(Plan plan) {
            return List.of();
        }

        @Override
        public Commit commit(Plan plan, ValueWatch watch) {
            return Commit.OF_FILES;
        }
    }
}
