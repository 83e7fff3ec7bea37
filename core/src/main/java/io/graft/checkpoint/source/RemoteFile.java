package io.graft.checkpoint.source;

import java.io.IOException;

/** A file on another machine. Used by one thread. */
public non-sealed interface RemoteFile extends LocatedCheckpoint, AutoCloseable {
    /** The name of the file in its folder, which becomes that of the local file: {@code model.safetensors}. */
    String name();

    /**
     * Asks for the content from some byte on; one attempt, never repeated here. Whoever gets a {@link RemoteContent.Body} closes its
     * stream.
     *
     * @throws TransferException if the answer is a refusal; it says whether asking again may help
     * @throws IOException if there is no answer; asking again may help
     */
    RemoteContent open(ContentRequest request) throws IOException;

    /**
     * The location of another file in the folder of this one.
     *
     * @param name a plain file name
     */
    String sibling(String name);

    /** Frees what the source took; no more is asked. */
    @Override
    void close();
}
