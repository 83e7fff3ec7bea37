def project = io.graft.cli.extension.OutsideProject.at(basedir.toPath())
project.copy('examples/extension-loha')
project.linkBeside('cli/target/graft-1.0.0')
