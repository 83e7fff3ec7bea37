@echo off
rem Starts graft from the folder that it was unpacked into.
rem Heeds JAVA_HOME, JAVA_OPTS and GRAFT_JAVA_OPTS.
setlocal
for %%i in ("%~dp0..") do set "GRAFT_HOME=%%~fi"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
for %%j in ("%GRAFT_HOME%\lib\graft-cli-*.jar") do set "GRAFT_CLASS_PATH=%%j"
"%JAVA%" -Xms24m -XX:MinHeapFreeRatio=90 -XX:MaxHeapFreeRatio=95 -XX:+UseSerialGC -Dfile.encoding=UTF-8 %JAVA_OPTS% %GRAFT_JAVA_OPTS% "-Dio.graft.home=%GRAFT_HOME%" -cp "%GRAFT_CLASS_PATH%" io.graft.cli.Main %*
exit /b %ERRORLEVEL%
