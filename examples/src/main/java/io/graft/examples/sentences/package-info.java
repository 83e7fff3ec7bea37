/**
 * Trains a classifier of sentences on a real encoder, in six ways. Start reading at {@link
 * io.graft.examples.sentences.SentenceClassifier}.
 */
package io.graft.examples.sentences;
