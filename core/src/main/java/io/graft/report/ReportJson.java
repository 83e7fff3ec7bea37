package io.graft.report;

import io.graft.CastErrors;
import io.graft.GraftException;
import io.graft.ModelRef;
import io.graft.OutputPlan;
import io.graft.Plan;
import io.graft.Report;
import io.graft.Totals;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.source.InputIdentity;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

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
 *   <li>{@code status}: {@code ok}, or {@code failed} if any problem is an error; nothing was changed then, unless one is {@code
 *       roll-back-failed}.
 *   <li>{@code model}: null if it could not be read.
 *   <li>{@code migrations}: what became of each migration for each checkpoint that was opened, the model first, in order: {@code uri}, {@code
 *       migration} (its id), {@code origin}, {@code outcome} ({@code applied}, {@code unchanged}, {@code recorded}, {@code out-of-bounds} or
 *       {@code not-applicable}), and {@code detail} where it was not applied; where it was, {@code renamed} ({@code from, to}), {@code
 *       made} and {@code removed} (names), and {@code metadata} (keys). Only if there are any.
 *   <li>{@code history}: the migrations that the model has had as it is written: {@code id}, and {@code signature} where it is known. Only if there
 *       are any.
 *   <li>{@code modifiers}: what each did, those that ran, in order: {@code index, type, origin}, then {@code loaded}
 *       (tensors that got values; {@code name, key, uri}), {@code skipped} (entries of a checkpoint that were not
 *       loaded; {@code key, reason, detail}), {@code missing}, {@code frozen}, {@code unfrozen}, {@code scheduled}
 *       ({@code name, schedule}), {@code renamed} ({@code from, to}), {@code added}, {@code removed}, {@code parted} (names that
 *       have a tensor of their own now; {@code name}, and {@code from}, what they were tied to), {@code adapted} and {@code quantized}
 *       ({@code name, parametrization}; of an adapter that stands on the tensor {@code adapter} and, where there is more to say,
 *       {@code description}; of a weight that is held in fewer bits {@code bytes-before} and {@code bytes}, {@code expected-error}, which is
 *       that of normally distributed weights, and once values were read {@code error}, relative to the weight's norm, and {@code sqnr}, the
 *       same in decibels, unless nothing is lost; of an update of a weight that stays in its storage {@code storage}, with the same, and with
 *       {@code update} and {@code step}, the root mean squares of what was added and of the step of codes), {@code cast} ({@code name, from, to}, and {@code max-relative-error} once values were
 *       read), {@code resized} ({@code name}, the shapes {@code from} and {@code to}, and the source; left out where there is none),
 *       {@code artifacts} (names of files that it has written; left out where there is none), {@code warnings}. A buffer in {@code loaded} also has the {@code kind} {@code buffer}.
 *   <li>{@code tensors}: the state dict as it will be: {@code name, kind, dtype, shape, trainable, source}. {@code
 *       trainable} is that of the first step; what is trained for a time has a {@code schedule} with {@code from}, {@code
 *       until} (exclusive) or both, each an {@code epoch} or a {@code step}, counted from 0. A tensor that has several names
 *       has the others as {@code ties}; what is told of it is told under each, but it counts once, and a name that the file does not list
 *       stands there only. {@code source} is {@code "initial"} for the values that the tensor had before any modifier, else an object: with the {@code
 *       uri} of a checkpoint and the {@code key} in it, or of the model and another of its tensors; or, for computed values, with
 *       an {@code operation} and the sources that it was computed {@code from}. {@code loaded} and {@code added} entries carry
 *       the same keys.
 *   <li>{@code totals}: elements, except {@code tensors} and {@code bytes}; {@code parameters} is {@code trainable}
 *       plus {@code frozen}, as of the first step, and leaves buffers out; {@code scheduled} is what of them is trained for a time only.
 *   <li>{@code problems}: as people are told them, in order: {@code code, severity, path}, then {@code file, line, column} where known, {@code message,
 *       help}, and {@code notes} if there are any.
 *   <li>{@code outputs}: files that were written, or of a plan would be: {@code path, kind} ({@code model}, {@code adapter}, {@code manifest} or
 *       {@code carried}); of those that were written {@code bytes}, and {@code sha256} unless {@code output.digest} is
 *       {@code none}.
 *   <li>{@code corrected}: values that stand in a carried file in place of others which the change made untrue: {@code file, key,
 *       before} and {@code after}, JSON texts both; without {@code before} the key is new, without {@code after} it is gone. Only if there
 *       are any.
 *   <li>{@code replaced}, {@code removed}: paths of files of an earlier run that gave way to the outputs, or would; replaced
 *       are those whose names outputs take. Only if there are any, and never in a manifest.
 *   <li>{@code undo}: {@code false}, if the old values of a live model were not kept meanwhile; never in a manifest, which is written before.
 *   <li>{@code inputs}: files that were read, if there is a plan: {@code uri, bytes, header-sha256} (of what stands before the first tensor, of a
 *       whole file without tensors, or of the first 4096 bytes of one that begins with data), and {@code sha256} of those that came from other machines.
 * </ul>
 *
 * <p>A {@code uri} counts from the configuration's folder, an output's {@code path} from the folder that the caller gives;
 * what is not below that folder is absolute.
 */
public final class ReportJson {
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
        return document(plan, plan.problems(), PlannedOutput.of(plan), plan.replacement(), CastErrors.NONE, true);
    }

    /** A run that took place. */
    public String of(Report report) {
        List<PlannedOutput> outputs =
                report.outputs().stream().map(PlannedOutput::of).toList();
        return document(
                report.plan(), report.problems(), outputs, report.replacement(), report.castErrors(), report.undo());
    }

    /** A run that did not take place, with as much of its plan as was made. */
    public String of(GraftException failure) {
        return document(
                failure.plan().orElse(null), failure.problems(), List.of(), Replacement.NONE, CastErrors.NONE, true);
    }

    /**
     * A finding of its own, such as the check of a configuration.
     *
     * @param problems may be warnings only, or empty
     */
    public String of(List<Problem> problems) {
        return document(null, problems, List.of(), Replacement.NONE, CastErrors.NONE, true);
    }

    private String document(
            Plan plan,
            List<Problem> problems,
            List<PlannedOutput> outputs,
            Replacement replacement,
            CastErrors castErrors,
            boolean undo) {
        List<DraftTensor> tensors = plan == null ? List.of() : plan.tensors();
        Ties ties = Ties.of(tensors);
        TensorJson tensorJson = new TensorJson(plan == null ? null : plan.model(), ties);
        ModifierJson modifierJson = new ModifierJson(tensorJson, castErrors, new StoredWeights(tensors));
        String status = problems.stream().anyMatch(Problem::isError) ? "failed" : "ok";
        return JsonDocument.of(pretty, command, status, json -> {
            writeModel(json, plan == null ? null : plan.model());
            MigrationJson.write(json, plan == null ? List.of() : plan.migrations());
            JsonDocument.writeArray(
                    json, "modifiers", plan == null ? List.of() : plan.modifiers(), modifierJson::write);
            JsonDocument.writeArray(
                    json, "tensors", tensors.stream().filter(ties::isWritten).toList(), tensorJson::write);
            writeTotals(json, Totals.of(tensors));
            ProblemJson.write(json, problems);
            if (plan != null) {
                JsonDocument.writeArray(json, "inputs", plan.inputs(), ReportJson::writeInput);
            }
            JsonDocument.writeArray(json, "outputs", outputs, this::writeOutput);
            CorrectionJson.write(
                    json,
                    Optional.ofNullable(plan)
                            .flatMap(Plan::output)
                            .map(OutputPlan::corrections)
                            .orElse(List.of()));
            if (plan != null) {
                MigrationJson.writeHistory(json, plan);
            }
            writeFiles(json, "replaced", replacement.replaced());
            writeFiles(json, "removed", replacement.removed());
            if (!undo) {
                json.writeBooleanProperty("undo", false);
            }
        });
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

    private static void writeTotals(JsonGenerator json, Totals totals) {
        json.writeObjectPropertyStart("totals");
        json.writeNumberProperty("tensors", totals.tensors());
        json.writeNumberProperty("parameters", totals.parameters());
        json.writeNumberProperty("trainable", totals.trainable());
        json.writeNumberProperty("frozen", totals.frozen());
        json.writeNumberProperty("scheduled", totals.scheduled());
        json.writeNumberProperty("bytes", totals.bytes());
        json.writeEndObject();
    }

    private void writeOutput(JsonGenerator json, PlannedOutput output) {
        json.writeStartObject();
        json.writeStringProperty("path", outputNames.of(output.path()));
        json.writeStringProperty("kind", output.kind().id());
        output.written().ifPresent(written -> {
            json.writeNumberProperty("bytes", written.bytes());
            if (!written.sha256().isEmpty()) {
                json.writeStringProperty("sha256", written.sha256());
            }
        });
        json.writeEndObject();
    }

    private void writeFiles(JsonGenerator json, String key, List<Path> files) {
        if (!files.isEmpty()) {
            JsonDocument.writeArray(json, key, files, (out, file) -> out.writeString(outputNames.of(file)));
        }
    }

    private static void writeInput(JsonGenerator json, InputIdentity input) {
        json.writeStartObject();
        json.writeStringProperty("uri", input.uri());
        json.writeNumberProperty("bytes", input.bytes());
        json.writeStringProperty("header-sha256", input.headerSha256().hex());
        input.sha256().ifPresent(digest -> json.writeStringProperty("sha256", digest.hex()));
        json.writeEndObject();
    }
}
