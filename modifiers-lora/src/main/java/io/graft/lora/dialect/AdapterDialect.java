package io.graft.lora.dialect;

import io.graft.Artifact;
import java.util.Collection;
import java.util.List;

/**
 * How one tool writes adapters, found with {@link java.util.ServiceLoader}. It recognises a file, reads it into the neutral value, and
 * writes that value as its own files. Reading looks at headers, and at values only where they are numbers of the adapter, such as an
 * alpha; tensors stay lazy, and exact to the bit both ways.
 */
public interface AdapterDialect {
    /** A word for it, as somebody asks for it: kebab-case, {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}. */
    String id();

    /**
     * Those of the names in a folder that its tool gives files of tensors, the one to read first; several if a person has to say which
     * is meant. None if the tool leaves names to people.
     */
    default List<String> filesIn(Collection<String> names) {
        return List.of();
    }

    /** Whether the file of tensors is of this dialect, by its keys and metadata. */
    boolean recognises(AdapterSource source);

    /**
     * Reads a file that it recognised. What is wrong is told by {@link AdapterSource#error}, each cause once, or thrown.
     *
     * @return what the file holds: one adapter, or one for each of several models, as for a U-Net and its text encoders
     * @throws io.graft.checkpoint.CheckpointException if it cannot be read
     */
    List<Adapter> read(AdapterSource source);

    /**
     * Says how adapters look in this dialect; nothing is written yet. What the dialect cannot say is told by
     * {@link AdapterTarget#refuse}, and what it leaves out without harm by {@link AdapterTarget#note}.
     *
     * @return the files; {@link AdapterTarget} makes them
     */
    List<Artifact> write(List<Adapter> adapters, AdapterTarget target);
}
