package io.graft.cli.inspect;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.cli.option.CheckpointArgument;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.FetchOptions;
import io.graft.cli.option.FetchRequest;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.cli.option.KeysOption;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a checkpoint holds. */
@Command(
        name = "inspect",
        description =
                "Shows what a checkpoint holds, module by module, or with --keys tensor by tensor. Reads headers only and"
                        + " executes nothing that is in the file.")
public final class InspectCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private FetchOptions fetch;

    @Parameters(
            paramLabel = "PATH",
            converter = CheckpointArgument.Converter.class,
            description = "A checkpoint file, a folder with one or with its shards, or a URI.")
    private CheckpointArgument argument;

    @Mixin
    private KeysOption keys;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        FetchRequest request = fetch.request(console);
        GivenCheckpoint given = argument.open(request, Extensions.load(common, console));
        Checkpoint checkpoint = given.checkpoint();
        Collection<TensorEntry> shown =
                keys.isGiven() ? selected(checkpoint) : checkpoint.stored().values();
        if (json) {
            console.printDocument("inspect", document -> InspectJson.write(document, given, shown));
        } else {
            new InspectText(console.out(), common.verbose).print(given, shown, keys.isGiven());
        }
        return ExitCode.DONE;
    }

    private Collection<TensorEntry> selected(Checkpoint checkpoint) {
        Set<String> all = new LinkedHashSet<>(checkpoint.stored().keySet());
        all.addAll(checkpoint.tensors().keySet());
        Set<String> names = keys.select(all, argument.shown());
        Map<String, TensorEntry> selected = new LinkedHashMap<>();
        names.stream().flatMap(name -> stored(checkpoint, name)).forEach(entry -> selected.put(entry.name(), entry));
        return selected.values();
    }

    /** What lies in the file of a tensor: a logical one is all of its parts. */
    private static Stream<TensorEntry> stored(Checkpoint checkpoint, String name) {
        return Optional.ofNullable(checkpoint.tensors().get(name))
                .flatMap(TensorEntry::encoding)
                .map(encoding -> encoding.stored().stream())
                .orElseGet(() -> Stream.of(checkpoint.stored().get(name)));
    }
}
