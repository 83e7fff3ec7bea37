package io.graft.cli.doctor;

import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.output.Console;
import io.graft.cli.output.TextTable;
import io.graft.problem.Printable;
import io.graft.problem.Spelling;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** Tells why something does not start, and what to do. */
@Command(
        name = "doctor",
        description = {
            "Examines Java, the engine, devices, caches and extensions, and says what to do.",
            "Exits with 0 if all is well, with 5 if the engine cannot be used, with 1 if something else is wrong."
        })
public final class DoctorCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        List<CacheFolder> caches =
                List.of(CacheFolder.ofDjl(console.environment()), CacheFolder.ofGraft(console.environment()));
        List<Finding> findings = new Doctor(Extensions.find(common, console), caches).examine();
        if (json) {
            console.printDocument("doctor", document -> write(document, findings));
        } else {
            print(findings);
        }
        return Finding.exitCode(findings);
    }

    private void print(List<Finding> findings) {
        TextTable table = new TextTable();
        for (Finding finding : findings) {
            table.row(mark(finding), finding.subject(), Printable.of(finding.text()));
            if (!finding.cure().isEmpty()) {
                table.row("", "", "-> " + Printable.of(finding.cure()));
            }
        }
        table.print(console.out(), "");
    }

    private static String mark(Finding finding) {
        return switch (finding.state()) {
            case OK -> "ok";
            case NOTE -> "note";
            case WRONG, NO_ENGINE -> "WRONG";
        };
    }

    private static void write(JsonGenerator json, List<Finding> findings) {
        json.writeArrayPropertyStart("findings");
        for (Finding finding : findings) {
            json.writeStartObject();
            json.writeStringProperty("state", Spelling.of(finding.state()));
            json.writeStringProperty("subject", finding.subject());
            json.writeStringProperty("text", finding.text());
            json.writeStringProperty("cure", finding.cure());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
