package io.graft.apply.checkpoint;

import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.SourceCheckpoint;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.apply.output.ConfigCorrections;
import io.graft.checkpoint.DeclaredTie;
import io.graft.checkpoint.RefusedTensor;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.carry.Belongings;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Applied;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model that is a checkpoint and nothing else: tensors without a forward. It is never changed; a run writes another.
 */
public final class CheckpointTarget implements TargetModel {
    private final SourceCheckpoint source;
    private final CheckpointKinds kinds;
    private final Belongings belongings;

    public CheckpointTarget(SourceCheckpoint source, CheckpointKinds kinds) {
        this.source = source;
        this.kinds = kinds;
        this.belongings = source.folder()
                .map(folder -> Belongings.beside(source.checkpoint(), folder))
                .orElseGet(() -> Belongings.fetched(source.checkpoint()));
    }

    @Override
    public ModelRef ref() {
        return new ModelRef("checkpoint", source.uri());
    }

    /** {@inheritDoc} An output embedding that only a configuration tells of comes last, as transformers has it. */
    @Override
    public ModelDraft draft() {
        return new ModelDraft(List.of(), new CheckpointDraft(source.checkpoint(), kinds).tensors());
    }

    @Override
    public Belongings belongings() {
        return belongings;
    }

    @Override
    public boolean isFiles() {
        return true;
    }

    @Override
    public ModelConfiguration configuration() {
        return source.checkpoint().configuration();
    }

    /** {@inheritDoc} A configuration that tells of a tie which the plan ends, and does not go along, is told as a warning. */
    @Override
    public List<Problem> refusals(Plan plan) {
        List<Problem> problems = new ArrayList<>(placelessAdapters(plan));
        problems.addAll(unreadable(plan));
        source.checkpoint()
                .declaredTie()
                .filter(tie -> belongings.config().isEmpty())
                .filter(tie -> ConfigCorrections.isEnded(tie, plan.tensors()))
                .ifPresent(tie -> problems.add(untrueConfiguration(tie)));
        return problems;
    }

    private static List<Problem> placelessAdapters(Plan plan) {
        Set<String> placed = plan.adaptersWritten();
        List<String> adapted = plan.tensors().stream()
                .filter(tensor -> tensor.parametrizations().stream()
                        .map(Applied::adapter)
                        .anyMatch(adapter -> !adapter.isEmpty() && !placed.contains(adapter)))
                .map(DraftTensor::name)
                .toList();
        return adapted.isEmpty()
                ? List.of()
                : List.of(new Problem(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        Severity.ERROR,
                        "",
                        Optional.empty(),
                        "a model's file has no place for adapters: " + FirstFew.names(adapted),
                        List.of(),
                        "fold them into the weights, or put them on a live model"));
    }

    /** Tensors of the model that are written as they are, and cannot be read; of blocks, the format of the output decides. */
    private List<Problem> unreadable(Plan plan) {
        List<TensorEntry> written = plan.tensors().stream()
                .map(DraftTensor::written)
                .filter(StoredTensor.class::isInstance)
                .map(StoredTensor.class::cast)
                .filter(StoredTensor::isInitial)
                .map(StoredTensor::entry)
                .filter(entry -> entry.encoding().isEmpty() && entry.blockType().isEmpty())
                .toList();
        List<RefusedTensor> refused =
                RefusedTensor.among(written, source.checkpoint().path());
        return refused.isEmpty()
                ? List.of()
                : List.of(Problem.error(
                        ProblemCode.CHECKPOINT_UNSUPPORTED,
                        RefusedTensor.message(refused),
                        refused.get(0).refusal().help()));
    }

    private static Problem untrueConfiguration(DeclaredTie tie) {
        return new Problem(
                ProblemCode.CHECKPOINT_WARNING,
                Severity.WARNING,
                "",
                Optional.empty(),
                "`" + tie.config().getFileName()
                        + "` beside the model says tie_word_embeddings = true, but in the output `" + tie.name()
                        + "` and `" + tie.tensor() + "` are two tensors",
                List.of(),
                "let the configuration beside the output say tie_word_embeddings = false; with the old one, the model is loaded"
                        + " with one of them in both places");
    }

    @Override
    public Commit commit(Plan plan, ValueWatch watch) {
        return Commit.OF_FILES;
    }
}
