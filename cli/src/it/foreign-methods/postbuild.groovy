def project = io.graft.cli.extension.OutsideProject.at(basedir.toPath())
// Neither jar knows the other, and Graft knows none of them.
io.graft.cli.extension.ForeignMethods.prove(
    [project.file('rows/target/extension-rows-1.0.0.jar'), project.file('loha/target/extension-loha-1.0.0.jar')],
    project.file('rows/target'))
