package io.graft.cli.option;

import io.graft.checkpoint.source.ConditionNames;
import io.graft.checkpoint.source.FetchConditions;
import io.graft.checkpoint.source.FetchProgress;

/**
 * How a command fetches a checkpoint.
 *
 * @param conditions what has to hold for it
 * @param names how a person says so on this command line
 * @param progress is told how the download goes on
 */
public record FetchRequest(FetchConditions conditions, ConditionNames names, FetchProgress progress) {}
