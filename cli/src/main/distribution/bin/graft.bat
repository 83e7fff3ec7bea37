@echo off
rem Starts graft from the folder that it was unpacked into.
rem Heeds JAVA_HOME, JAVA_OPTS and GRAFT_JAVA_OPTS.
setlocal
for %%i in ("%~dp0..") do set "GRAFT_HOME=%%~fi"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
for %%j in ("%GRAFT_HOME%\lib\graft-cli-*.jar") do set "GRAFT_CLASS_PATH=%%j"
rem As the script for other systems, which says why.
set "VM=-XX:MinHeapFreeRatio=90 -XX:MaxHeapFreeRatio=95 -XX:-UsePerfData -Dfile.encoding=UTF-8 -XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=warning,cds*=off:stderr"
set "COLLECTOR=-XX:+UseParallelGC"
set "HEAP=-Xms64m -XX:NewSize=48m"
set JAVA_OPTS 2>nul | findstr /r "Xm[nsx] HeapSize=" >nul && set "HEAP=-Xms24m"
set GRAFT_JAVA_OPTS 2>nul | findstr /r "Xm[nsx] HeapSize=" >nul && set "HEAP=-Xms24m"
set JAVA_OPTS 2>nul | findstr /r "XX:+Use.*GC" >nul && set "COLLECTOR="
set GRAFT_JAVA_OPTS 2>nul | findstr /r "XX:+Use.*GC" >nul && set "COLLECTOR="
"%JAVA%" %HEAP% %VM% %COLLECTOR% %JAVA_OPTS% %GRAFT_JAVA_OPTS% "-Dio.graft.home=%GRAFT_HOME%" -cp "%GRAFT_CLASS_PATH%" io.graft.cli.Main %*
exit /b %ERRORLEVEL%
