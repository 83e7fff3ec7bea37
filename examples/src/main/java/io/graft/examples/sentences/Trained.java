package io.graft.examples.sentences;

import io.graft.examples.Course;
import java.util.OptionalLong;

/**
 * What came of a training.
 *
 * @param accuracy on sentences that it has not seen
 * @param adapterBytes of the files that were saved, if it is an adapter
 */
record Trained(Course course, double accuracy, OptionalLong adapterBytes) {}
