package io.graft.testkit;

import io.graft.Artifact;
import io.graft.ModelModifier;
import io.graft.Skipped;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.tensor.CastTensor;
import io.graft.tensor.LazyTensor;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One modifier run on one draft, and what came of it. The methods named for what the modifier does assert it and return the
 * run; each expects the whole list, in order. The facts themselves are there for assertions of your own.
 */
public final class ModifierRun {
    private final ModelDraft model;
    private final List<Change> changes;
    private final RecordingContext told;
    private final ModelConfiguration configuration;

    private ModifierRun(
            ModelDraft model, List<Change> changes, RecordingContext told, ModelConfiguration configuration) {
        this.configuration = configuration;
        this.model = model;
        this.changes = changes;
        this.told = told;
    }

    /** Runs a modifier on a draft, which another one may have edited before. What the modifier throws is thrown. */
    public static ModifierRun of(ModelDraft model, ModelModifier modifier) {
        return of(model, ModelConfiguration.NONE, modifier);
    }

    static ModifierRun of(ModelDraft model, ModelConfiguration configuration, ModelModifier modifier) {
        int before = model.changes().size();
        RecordingContext context = new RecordingContext(configuration);
        modifier.apply(model, context);
        List<Change> changes =
                List.copyOf(model.changes().subList(before, model.changes().size()));
        return new ModifierRun(model, changes, context, configuration);
    }

    /** Runs another modifier on the same draft. */
    public ModifierRun then(ModelModifier modifier) {
        return of(model, configuration, modifier);
    }

    /** The draft as the modifier left it. */
    public ModelDraft model() {
        return model;
    }

    /** What this modifier changed, in order. */
    public List<Change> changes() {
        return changes;
    }

    /** The tensors that it froze. */
    public List<String> frozen() {
        return changed(
                change -> change instanceof Change.Frozen frozen ? Optional.of(frozen.name()) : Optional.empty());
    }

    /** The tensors that it gave new values. */
    public List<String> assigned() {
        return changed(
                change -> change instanceof Change.Assigned assigned ? Optional.of(assigned.name()) : Optional.empty());
    }

    /** The names of the state dict. */
    public List<String> names() {
        return names(model.tensors());
    }

    /** The names of the tensors that can be trained. */
    public List<String> trainable() {
        return names(model.tensors().stream().filter(DraftTensor::trainable).toList());
    }

    /** The elements of a tensor as the model computes with them, row by row, with its parametrizations applied. */
    public List<Double> values(String name) {
        return values(tensor(name));
    }

    /** The entries of a checkpoint that it did not load. */
    public List<Skipped> skipped() {
        return told.notes().skipped();
    }

    /** The tensors that it should have filled and that keep their values. */
    public List<String> missing() {
        return told.notes().missing();
    }

    /** What it told a person; what has a code as {@code [base-mismatch] at `adapter-path`: message; help}. */
    public List<String> warnings() {
        return told.notes().warnings();
    }

    /** The files that it has written beside the model, in the order in which it asked for them. */
    public List<Artifact> artifacts() {
        return told.notes().artifacts();
    }

    /** Why it cannot do what was asked. */
    public List<ReportedError> errors() {
        return told.errors();
    }

    /** Asserts that no error was reported. */
    public ModifierRun succeeds() {
        return same("errors", List.of(), errors(), "");
    }

    /** Asserts that these errors were reported. */
    public ModifierRun fails(ReportedError... errors) {
        return same("errors", List.of(errors), errors(), "");
    }

    /**
     * Asserts that one error was reported.
     *
     * @param key the option at fault; empty for the modifier as a whole
     */
    public ModifierRun fails(ProblemCode code, String key) {
        boolean found = errors().size() == 1
                && errors().get(0).code() == code
                && errors().get(0).key().equals(key);
        String at = key.isEmpty() ? "" : " at `" + key + "`";
        return found ? this : same("errors", List.of("[" + code.id() + "]" + at), errors(), "");
    }

    /** Asserts that the draft is as it was. */
    public ModifierRun changesNothing() {
        return same("changes", List.of(), changes);
    }

    /** Asserts that these tensors were frozen. */
    public ModifierRun freezes(String... names) {
        return same("frozen tensors", List.of(names), frozen());
    }

    /** Asserts that these tensors got new values. */
    public ModifierRun assigns(String... names) {
        return same("assigned tensors", List.of(names), assigned());
    }

    /** Asserts that the state dict has these names. */
    public ModifierRun hasNames(String... names) {
        return same("names", List.of(names), names());
    }

    /** Asserts that these tensors can be trained. */
    public ModifierRun hasTrainable(String... names) {
        return same("trainable tensors", List.of(names), trainable());
    }

    /**
     * Asserts the elements of a tensor.
     *
     * @param values row by row, rounded to the tensor's dtype before they are compared; one value stands for all elements
     */
    public ModifierRun hasValues(String name, double... values) {
        DraftTensor tensor = tensor(name);
        List<Double> expected = TensorValues.rounded(tensor.dtype(), tensor.shape(), values);
        List<Double> found = values(tensor);
        return same("values of `" + name + "`", List.of(expected), List.of(found));
    }

    /** Asserts that these entries of a checkpoint were not loaded. */
    public ModifierRun skips(Skipped... entries) {
        return same("skipped entries", List.of(entries), skipped());
    }

    /** Asserts that these tensors were reported missing. */
    public ModifierRun misses(String... names) {
        return same("missing tensors", List.of(names), missing());
    }

    /** Asserts that these warnings were given. */
    public ModifierRun warns(String... messages) {
        return same("warnings", List.of(messages), warnings(), errorLines());
    }

    private static List<Double> values(DraftTensor tensor) {
        LazyTensor value = tensor.value();
        return TensorValues.decode(CastTensor.to(tensor.dtype(), value));
    }

    private DraftTensor tensor(String name) {
        return model.find(name)
                .orElseThrow(() -> new AssertionError(
                        "the model has no tensor `" + name + "`; it has " + shown(names()) + errorLines()));
    }

    private List<String> changed(Function<Change, Optional<String>> name) {
        return changes.stream().flatMap(change -> name.apply(change).stream()).toList();
    }

    private static List<String> names(Collection<DraftTensor> tensors) {
        return tensors.stream().map(DraftTensor::name).toList();
    }

    private ModifierRun same(String what, List<?> expected, List<?> found) {
        return same(what, expected, found, errorLines() + warningLines());
    }

    /**
     * @param context what else the modifier said, which often explains why it did not do what was expected
     */
    private ModifierRun same(String what, List<?> expected, List<?> found, String context) {
        if (!expected.equals(found)) {
            throw new AssertionError("the " + what + " are not as expected\nexpected: " + shown(expected)
                    + "\nfound:    " + shown(found) + context);
        }
        return this;
    }

    private String errorLines() {
        return errors().stream().map(error -> "\nerror:    " + error).collect(Collectors.joining());
    }

    private String warningLines() {
        return warnings().stream().map(warning -> "\nwarning:  " + warning).collect(Collectors.joining());
    }

    private static String shown(List<?> items) {
        return items.isEmpty()
                ? "none"
                : items.stream().map(Object::toString).collect(Collectors.joining("\n          "));
    }
}
