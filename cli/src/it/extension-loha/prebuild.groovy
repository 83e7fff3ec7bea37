def project = io.graft.cli.OutsideProject.at(basedir.toPath())
project.copy('examples/extension-loha')
project.linkBeside('cli/target/graft-1.0.0')
