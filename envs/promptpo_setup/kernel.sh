#!/bin/sh
# Becomes the kernel: kernel.sh CONNECTION_FILE CLASS_PATH JAVA OPTION...
# What PROMPTPO_JVM_OPTS holds comes after our own options, so that it wins.
set -efu

file=$1
class_path=$2
shift 2

# A small heap's collector, since the work of a notebook is in other processes; two are an error.
collector=-XX:+UseSerialGC
case " ${PROMPTPO_JVM_OPTS-} " in
    *" -XX:+Use"*"GC "*) collector= ;;
esac

exec "$@" $collector ${PROMPTPO_JVM_OPTS-} -cp "$class_path" dev.promptpo.kernel.Main "$file"
