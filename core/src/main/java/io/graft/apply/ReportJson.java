package io.graft.apply;

import io.graft.FetchedFile;
import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Output;
import io.graft.Plan;
import io.graft.Report;
import io.graft.Skipped;
import io.graft.Totals;
import io.graft.config.Problem;
import io.graft.config.ProblemRenderer;
import io.graft.config.SourceRef;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.Provenance;
import io.graft.model.TensorKind;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/**
 * Plans, reports and failures as JSON, in one shape; the manifest beside an output is such a document too. The same
 * input gives the same text.
 *
 * <pre>{@code
 * { "schema": 1, "tool": "graft", "version": "1.0.0", "command": "apply", "status": "ok",
 *   "model": {"kind": "checkpoint", "uri": "model.safetensors"},
 *   "modifiers": [...], "tensors": [...], "totals": {...}, "problems": [...], "outputs": [...] }
 * }</pre>
 *
 * <ul>
 *   <li>{@code schema}: 1; a change that could break a reader raises it, a new key does not.
 *   <li>{@code status}: {@code ok}, or {@code failed} if any problem is an error; nothing was changed then.
 *   <li>{@code model}: null if it could not be read.
 *   <li>{@code modifiers}: what each did, those that ran, in order: {@code index, type, origin}, then {@code loaded}
 *       (tensors that got values; {@code name, key, uri}), {@code skipped} (entries of a checkpoint that were not
 *       loaded; {@code key, reason, detail}), {@code missing}, {@code frozen}, {@code unfrozen}, {@code renamed}
 *       ({@code from, to}), {@code added}, {@code removed}, {@code adapted} and {@code quantized} ({@code name,
 *       parametrization}), {@code cast} ({@code name, from, to}, and {@code max-relative-error} once values were
 *       read), {@code warnings}. A buffer in {@code loaded} also has the {@code kind} {@code buffer}.
 *   <li>{@code tensors}: the state dict as it will be: {@code name, kind, dtype, shape, trainable, source}. {@code
 *       source} is {@code "initial"} for values that no modifier touched, else an object with the {@code uri} of a
 *       checkpoint and the {@code key} in it, and with {@code operations} (first one first) if they are computed from
 *       there. {@code loaded} and {@code added} entries carry the same keys.
 *   <li>{@code totals}: elements, except {@code tensors} and {@code bytes}; {@code parameters} is {@code trainable}
 *       plus {@code frozen} and leaves buffers out.
 *   <li>{@code problems}: as people are told them, in order: {@code code, severity, path}, then {@code file, line, column} where known, {@code message,
 *       help}, and {@code notes} if there are any.
 *   <li>{@code outputs}: files that were written: {@code path, bytes}, and {@code sha256} unless {@code output.digest} is
 *       {@code none}.
 *   <li>{@code fetched}: checkpoints that came from other machines: {@code uri, sha256}; only if there are any.
 * </ul>
 *
 * <p>A {@code uri} counts from the configuration's folder, an output's {@code path} from the folder that the caller gives;
 * what is not below that folder is absolute.
 */
public final class ReportJson {
    private static final int SCHEMA = 1;

    private final String command;
    private final boolean pretty;
    private final ReportNames outputNames;

    private ReportJson(String command, boolean pretty, ReportNames outputNames) {
        this.command = command;
        this.pretty = pretty;
        this.outputNames = outputNames;
    }

    /**
     * @param command what was asked for, {@code plan}
     * @param outputsFrom outputs below this folder are named relative to it, others absolutely
     */
    public static ReportJson pretty(String command, Path outputsFrom) {
        return new ReportJson(command, true, ReportNames.from(outputsFrom));
    }

    /** As {@link #pretty}, on one line. */
    public static ReportJson compact(String command, Path outputsFrom) {
        return new ReportJson(command, false, ReportNames.from(outputsFrom));
    }

    /** A plan that is not carried out. */
    public String of(Plan plan) {
        return document(plan, plan.problems(), List.of());
    }

    /** A run that took place. */
    public String of(Report report) {
        return document(report.plan(), report.plan().problems(), report.outputs());
    }

    /** A run that did not take place, with as much of its plan as was made. */
    public String of(GraftException failure) {
        return document(failure.plan().orElse(null), failure.problems(), List.of());
    }

    /**
     * A finding of its own, such as the check of a configuration.
     *
     * @param problems may be warnings only, or empty
     */
    public String of(List<Problem> problems) {
        return document(null, problems, List.of());
    }

    private String document(Plan plan, List<Problem> problems, List<Output> outputs) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = generator(text)) {
            json.writeStartObject();
            json.writeNumberProperty("schema", SCHEMA);
            json.writeStringProperty("tool", "graft");
            json.writeStringProperty("version", ToolVersion.get());
            json.writeStringProperty("command", command);
            json.writeStringProperty("status", problems.stream().anyMatch(Problem::isError) ? "failed" : "ok");
            writeModel(json, plan == null ? null : plan.model());
            List<DraftTensor> tensors = plan == null ? List.of() : plan.tensors();
            writeArray(json, "modifiers", plan == null ? List.of() : plan.modifiers(), ReportJson::writeModifier);
            writeArray(json, "tensors", tensors, ReportJson::writeTensor);
            writeTotals(json, Totals.of(tensors));
            writeArray(json, "problems", ProblemRenderer.sorted(problems), ReportJson::writeProblem);
            writeArray(json, "outputs", outputs, this::writeOutput);
            if (plan != null && !plan.fetched().isEmpty()) {
                writeArray(json, "fetched", plan.fetched(), ReportJson::writeFetched);
            }
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private static void writeModel(JsonGenerator json, ModelRef model) {
        if (model == null) {
            json.writeNullProperty("model");
            return;
        }
        json.writeObjectPropertyStart("model");
        json.writeStringProperty("kind", model.kind());
        json.writeStringProperty("uri", model.uri());
        json.writeEndObject();
    }

    private static void writeModifier(JsonGenerator json, ModifierRecord modifier) {
        List<Change> changes = modifier.changes();
        json.writeStartObject();
        json.writeNumberProperty("index", modifier.index());
        json.writeStringProperty("type", modifier.type());
        json.writeStringProperty("origin", modifier.origin());
        writeArray(json, "loaded", only(Change.Assigned.class, changes), ReportJson::writeAssigned);
        writeArray(json, "skipped", modifier.skipped(), ReportJson::writeSkipped);
        writeArray(json, "missing", modifier.missing(), JsonGenerator::writeString);
        writeArray(json, "frozen", only(Change.Frozen.class, changes), (out, change) -> out.writeString(change.name()));
        writeArray(
                json,
                "unfrozen",
                only(Change.Unfrozen.class, changes),
                (out, change) -> out.writeString(change.name()));
        writeArray(json, "renamed", only(Change.Renamed.class, changes), ReportJson::writeRenamed);
        writeArray(json, "added", only(Change.Added.class, changes), ReportJson::writeAdded);
        writeArray(
                json, "removed", only(Change.Removed.class, changes), (out, change) -> out.writeString(change.name()));
        writeArray(
                json,
                "adapted",
                changes.stream().filter(ReportJson::isAdaptation).toList(),
                ReportJson::writeAdapted);
        // Nothing quantizes yet; readers may rely on the key.
        writeArray(json, "quantized", List.<Change>of(), ReportJson::writeAdapted);
        writeArray(json, "cast", only(Change.Cast.class, changes), ReportJson::writeCast);
        writeArray(json, "warnings", modifier.warnings(), JsonGenerator::writeString);
        json.writeEndObject();
    }

    private static <C extends Change> List<C> only(Class<C> kind, List<Change> changes) {
        return changes.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static void writeAssigned(JsonGenerator json, Change.Assigned change) {
        json.writeStartObject();
        json.writeStringProperty("name", change.name());
        if (change.kind() == TensorKind.BUFFER) {
            json.writeStringProperty("kind", idOf(change.kind()));
        }
        writeOrigin(json, change.provenance());
        json.writeEndObject();
    }

    private static void writeSkipped(JsonGenerator json, Skipped skipped) {
        json.writeStartObject();
        json.writeStringProperty("key", skipped.key());
        json.writeStringProperty("reason", skipped.reason().id());
        json.writeStringProperty("detail", skipped.detail());
        json.writeEndObject();
    }

    private static void writeRenamed(JsonGenerator json, Change.Renamed change) {
        json.writeStartObject();
        json.writeStringProperty("from", change.from());
        json.writeStringProperty("to", change.to());
        json.writeEndObject();
    }

    private static void writeAdded(JsonGenerator json, Change.Added change) {
        json.writeStartObject();
        json.writeStringProperty("name", change.name());
        writeOrigin(json, change.provenance());
        json.writeEndObject();
    }

    private static boolean isAdaptation(Change change) {
        return change instanceof Change.Parametrized || change instanceof Change.Folded;
    }

    private static void writeAdapted(JsonGenerator json, Change change) {
        if (change instanceof Change.Parametrized parametrized) {
            writeAdapted(json, parametrized.name(), parametrized.parametrization());
        } else if (change instanceof Change.Folded folded) {
            writeAdapted(json, folded.name(), folded.parametrization());
        }
    }

    private static void writeAdapted(JsonGenerator json, String name, String parametrization) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeStringProperty("parametrization", parametrization);
        json.writeEndObject();
    }

    private static void writeCast(JsonGenerator json, Change.Cast change) {
        json.writeStartObject();
        json.writeStringProperty("name", change.name());
        json.writeStringProperty("from", change.from().name());
        json.writeStringProperty("to", change.to().name());
        OptionalDouble error = change.value().maxRelativeError();
        if (error.isPresent()) {
            json.writeNumberProperty("max-relative-error", error.getAsDouble());
        }
        json.writeEndObject();
    }

    private static void writeTensor(JsonGenerator json, DraftTensor tensor) {
        json.writeStartObject();
        json.writeStringProperty("name", tensor.name());
        json.writeStringProperty("kind", idOf(tensor.kind()));
        json.writeStringProperty("dtype", tensor.dtype().name());
        writeArray(json, "shape", tensor.shape().dimensions(), JsonGenerator::writeNumber);
        json.writeBooleanProperty("trainable", tensor.trainable());
        if (tensor.base().provenance() instanceof Provenance.Initial) {
            json.writeStringProperty("source", "initial");
        } else {
            json.writeObjectPropertyStart("source");
            writeOrigin(json, tensor.base().provenance());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeOrigin(JsonGenerator json, Provenance provenance) {
        Deque<String> operations = new ArrayDeque<>();
        Provenance root = provenance;
        while (root instanceof Provenance.Computed computed) {
            operations.addFirst(computed.operation());
            root = computed.from();
        }
        if (root instanceof Provenance.Stored stored) {
            json.writeStringProperty("key", stored.key());
            json.writeStringProperty("uri", stored.uri());
        }
        if (!operations.isEmpty()) {
            writeArray(json, "operations", operations, JsonGenerator::writeString);
        }
    }

    private static void writeTotals(JsonGenerator json, Totals totals) {
        json.writeObjectPropertyStart("totals");
        json.writeNumberProperty("tensors", totals.tensors());
        json.writeNumberProperty("parameters", totals.parameters());
        json.writeNumberProperty("trainable", totals.trainable());
        json.writeNumberProperty("frozen", totals.frozen());
        json.writeNumberProperty("bytes", totals.bytes());
        json.writeEndObject();
    }

    private static void writeProblem(JsonGenerator json, Problem problem) {
        json.writeStartObject();
        json.writeStringProperty("code", problem.code().id());
        json.writeStringProperty("severity", problem.isError() ? "error" : "warning");
        json.writeStringProperty("path", problem.path());
        problem.at().ifPresent(at -> writePlace(json, at));
        json.writeStringProperty("message", problem.message());
        json.writeStringProperty("help", problem.help());
        if (!problem.notes().isEmpty()) {
            writeArray(json, "notes", problem.notes(), JsonGenerator::writeString);
        }
        json.writeEndObject();
    }

    private static void writePlace(JsonGenerator json, SourceRef at) {
        json.writeStringProperty("file", at.file());
        if (at.line() > 0) {
            json.writeNumberProperty("line", at.line());
        }
        if (at.column() > 0) {
            json.writeNumberProperty("column", at.column());
        }
    }

    private void writeOutput(JsonGenerator json, Output output) {
        json.writeStartObject();
        json.writeStringProperty("path", outputNames.of(output.path()));
        json.writeNumberProperty("bytes", output.bytes());
        if (!output.sha256().isEmpty()) {
            json.writeStringProperty("sha256", output.sha256());
        }
        json.writeEndObject();
    }

    private static void writeFetched(JsonGenerator json, FetchedFile fetched) {
        json.writeStartObject();
        json.writeStringProperty("uri", fetched.uri());
        json.writeStringProperty("sha256", fetched.sha256());
        json.writeEndObject();
    }

    private static <T> void writeArray(
            JsonGenerator json, String name, Iterable<T> items, BiConsumer<JsonGenerator, ? super T> writeItem) {
        json.writeArrayPropertyStart(name);
        items.forEach(item -> writeItem.accept(json, item));
        json.writeEndArray();
    }

    private static String idOf(TensorKind kind) {
        return kind == TensorKind.PARAMETER ? "parameter" : "buffer";
    }

    private JsonGenerator generator(Writer out) {
        return new JsonFactory().createGenerator(pretty ? new PrettyContext() : ObjectWriteContext.empty(), out);
    }

    /** Indents objects with line feeds of one kind, and keeps short arrays such as shapes on their line. */
    private static final class PrettyContext extends ObjectWriteContext.Base {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            Separators separators = Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                    .withArrayEmptySeparator("");
            return new DefaultPrettyPrinter(separators).withObjectIndenter(new DefaultIndenter("  ", "\n"));
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    }
}
