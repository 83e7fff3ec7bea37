package io.graft.modifiers.lora.command;

import io.graft.command.CommandConsole;
import io.graft.lora.dialect.AdapterConverter;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.ConvertedAdapter;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.report.JsonDocument;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes an adapter in another dialect. */
@Command(
        name = "convert",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        description =
                "Writes an adapter as another tool has it, with the same tensors to the bit: all of it, or nothing. What the"
                        + " other tool's files cannot say is an error that names it.")
public final class ConvertCommand implements Callable<Integer> {
    private final CommandConsole console;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "IN", description = "The adapter's folder, or its file of tensors.")
    private Path input;

    @Parameters(index = "1", paramLabel = "OUT", description = "The folder for the new adapter; it must not exist.")
    private Path output;

    @Option(
            names = "--to",
            paramLabel = "DIALECT",
            required = true,
            description = "peft, kohya, diffusers, mlx, torchtune, or one that a jar brings.")
    private String dialect;

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description =
                    "The model that the adapter is for: kohya's files need its names, torchtune's the heads in its config.json.")
    private Path base;

    @Option(
            names = "--section",
            paramLabel = "NAME",
            description =
                    "The model of a pipeline, such as unet or text_encoder: the one that is wanted of several, or the one that an"
                            + " adapter is for which does not tell.")
    private String section;

    @Mixin
    private FromOption from;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public ConvertCommand(CommandConsole console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (Files.exists(output)) {
            throw new ParameterException(
                    spec.commandLine(), "OUT: `" + output + "` exists; name a folder that does not");
        }
        AdapterDialects dialects = AdapterDialects.discover(console.extensions());
        ConvertedAdapter converted = new AdapterConverter(
                        from.dialects(dialects),
                        dialect(dialects),
                        Optional.ofNullable(base),
                        Optional.ofNullable(section))
                .convert(input, output);
        if (json) {
            console.out().print(JsonDocument.of("lora convert", document -> {
                document.writeStringProperty("from", converted.from());
                document.writeStringProperty("to", converted.to());
                document.writeNumberProperty("tensors", converted.tensors());
                document.writeArrayPropertyStart("notes");
                converted.notes().forEach(document::writeString);
                document.writeEndArray();
                OutputsJson.write(document, converted.outputs());
            }));
        } else {
            print(console.out(), converted);
        }
        return 0;
    }

    private static void print(PrintWriter out, ConvertedAdapter converted) {
        out.println(converted.from() + " -> " + converted.to() + ", " + Counts.of(converted.tensors(), "tensor"));
        converted.notes().forEach(note -> out.println(Printable.of(note)));
        OutputsText.print(out, converted.outputs());
    }

    private AdapterDialect dialect(AdapterDialects dialects) {
        try {
            return dialects.named(dialect);
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), "--to: " + unknown.getMessage());
        }
    }
}
