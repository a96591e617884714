namespace HeapDrift.Instrumentation;

/// <summary>
/// Every name that HeapDrift puts on a wire, in one place: dashboards, rules and the README are checked against it. Standard names of
/// the OpenTelemetry semantic conventions first; ours are under <c>heapdrift.</c>.
/// </summary>
internal static class TelemetryNames
{
    /// <summary>Activity source, meter and logger category: one name, so that one filter finds everything in a back end.</summary>
    public const string Source = "HeapDrift.Instrumentation";

    /// <summary>How a worker tells its agent of a signal. The runtime's own convention for these names has dashes.</summary>
    public const string EventSource = "HeapDrift-Instrumentation";

    public static class Metrics
    {
        /// <summary>Proportional memory by kind: the kinds add up, swap included.</summary>
        public const string MemoryPss = "heapdrift.memory.pss";

        /// <summary>Resident memory that no other process shares.</summary>
        public const string MemoryPrivate = "heapdrift.memory.private";

        /// <summary>The tightest limit of the control groups of a worker.</summary>
        public const string MemoryLimit = "heapdrift.memory.limit";

        /// <summary>How fast the memory grew over the last ten minutes. Absent where that is not known.</summary>
        public const string MemoryGrowth = "heapdrift.memory.growth";

        /// <summary>When the limit is reached if the worker grows on like this. Absent where it has no limit or does not grow.</summary>
        public const string MemoryTimeToLimit = "heapdrift.memory.time_to_limit";

        /// <summary>Proportional memory without swap by what it is used for: the categories add up.</summary>
        public const string MemoryLedger = "heapdrift.memory.ledger";

        /// <summary>1 where SIGUSR2 is caught, 0 where it would kill the worker or do nothing.</summary>
        public const string SignalArmed = "heapdrift.worker.signal_armed";

        /// <summary>Captures that ended, by trigger, engine and outcome; <c>refused</c> is one that was not begun. Exemplars name the trace.</summary>
        public const string Captures = "heapdrift.captures";

        /// <summary>From the trigger to the report, window and all.</summary>
        public const string CaptureDuration = "heapdrift.capture.duration";

        /// <summary>How long the worker stood still, once per snapshot.</summary>
        public const string CapturePause = "heapdrift.capture.pause";

        /// <summary>What the last reading of a worker's memory cost.</summary>
        public const string MemoryReadDuration = "heapdrift.memory.read.duration";

        /// <summary>1 while the detector suspects a leak.</summary>
        public const string LeakSuspected = "heapdrift.worker.leak_suspected";

        /// <summary>Seconds since 1970, for rules that wait until a worker has warmed up.</summary>
        public const string WorkerStartTime = "heapdrift.worker.start_time";

        /// <summary>Reports that the OTLP receiver does not have yet.</summary>
        public const string UndeliveredCaptures = "heapdrift.captures.undelivered";

        /// <summary>Reports that it will not get any more.</summary>
        public const string UndeliverableCaptures = "heapdrift.captures.undeliverable";

        /// <summary>Collections since the agent listens, each in its own generation.</summary>
        public const string GcCollections = "dotnet.gc.collections";

        /// <summary>How long collections held the worker since the agent listens.</summary>
        public const string GcPauseTime = "dotnet.gc.pause.time";

        /// <summary>Bytes allocated on the managed heap since the agent listens.</summary>
        public const string GcAllocated = "dotnet.gc.heap.total_allocated";

        /// <summary>What the collector has from the kernel.</summary>
        public const string GcCommitted = "dotnet.gc.last_collection.memory.committed_size";

        /// <summary>The managed heap after the last collection, free space between objects included.</summary>
        public const string GcHeapSize = "dotnet.gc.last_collection.heap.size";

        /// <summary>Free space between objects after the last collection.</summary>
        public const string GcFragmentation = "dotnet.gc.last_collection.heap.fragmentation.size";

        /// <summary>Resident memory, of the semantic conventions.</summary>
        public const string ProcessMemoryUsage = "process.memory.usage";
    }

    /// <summary>UCUM. What stands in braces is a word for a count and disappears in Prometheus.</summary>
    public static class Units
    {
        public const string Bytes = "By";
        public const string BytesPerSecond = "By/s";
        public const string Seconds = "s";
        public const string Capture = "{capture}";
        public const string Worker = "{worker}";
        public const string Collection = "{collection}";
    }

    public static class Events
    {
        /// <summary>SIGUSR2 is caught from now on.</summary>
        public const string SignalArmed = "heapdrift.signal.armed";

        /// <summary>SIGUSR2 could not be caught: it may end the process.</summary>
        public const string SignalNotArmed = "heapdrift.signal.not_armed";

        /// <summary>Signals that came while one was answered.</summary>
        public const string SignalCoalesced = "heapdrift.signal.coalesced";

        /// <summary>A capture began: trigger, alert.</summary>
        public const string CaptureStarted = "heapdrift.capture.started";

        /// <summary>A capture was asked for and not begun; the sentence says why.</summary>
        public const string CaptureNotStarted = "heapdrift.capture.not_started";

        /// <summary>Where a capture of the in-process package stands.</summary>
        public const string CaptureProgress = "heapdrift.capture.progress";

        /// <summary>A capture ended: outcome, verdict, how many findings, and the largest of them in the sentence.</summary>
        public const string CaptureCompleted = "heapdrift.capture.completed";

        /// <summary>One suspected leak: who holds what grew, and which line allocated it. The first ten are events of the span too.</summary>
        public const string Finding = "heapdrift.finding";

        /// <summary>A type that grew between the two snapshots, whoever holds it.</summary>
        public const string TypeGrowth = "heapdrift.type_growth";

        /// <summary>The memory of the process is too large to be summed often: cheaper figures are exported.</summary>
        public const string MemoryReduced = "heapdrift.memory.reduced";

        /// <summary>One snapshot of a capture, as an event of its span.</summary>
        public const string Snapshot = "heapdrift.snapshot";

        /// <summary>The detector sees a worker grow as leaks do.</summary>
        public const string LeakSuspected = "heapdrift.leak.suspected";
    }

    public static class Spans
    {
        /// <summary>From the trigger to the report. Its attributes are those of <c>heapdrift.capture.completed</c>.</summary>
        public const string Capture = "heapdrift.capture";

        /// <summary>The first snapshot.</summary>
        public const string Baseline = "baseline";

        /// <summary>The wait between the two.</summary>
        public const string Window = "window";

        /// <summary>The last snapshot.</summary>
        public const string Final = "final";

        /// <summary>From the last snapshot to the ranked findings.</summary>
        public const string Diff = "diff";
    }

    public static class Attributes
    {
        /// <summary>The event's name once more: Loki before 2026 does not store the name of a log event.</summary>
        public const string EventName = "event.name";

        /// <summary>Why a capture failed: its outcome, or the type of an exception. Absent where it did not.</summary>
        public const string ErrorType = "error.type";

        /// <summary>Of the worker, in the pid namespace of who measures.</summary>
        public const string ProcessPid = "process.pid";

        /// <summary>anon, file, shmem or swap.</summary>
        public const string MemoryKind = "heapdrift.memory.kind";
        /// <summary>gc_live, gc_free and gc_reserve (gc_heap where they are not told apart), code, stacks, files, shared, native; heap of a process without .NET.</summary>
        public const string MemoryCategory = "heapdrift.memory.category";

        /// <summary>gen0, gen1, gen2, loh or poh.</summary>
        public const string GcGeneration = "dotnet.gc.heap.generation";

        /// <summary>Of the worker, from its environment; else the name of its program.</summary>
        public const string ServiceName = "service.name";
        /// <summary>One for each worker process; a restarted one has another.</summary>
        public const string ServiceInstanceId = "service.instance.id";

        /// <summary>Names a capture in every signal, and its folder.</summary>
        public const string CaptureId = "heapdrift.capture.id";
        /// <summary>signal, alert, detector or command.</summary>
        public const string Trigger = "heapdrift.capture.trigger";

        /// <summary>Of the alert that started it.</summary>
        public const string AlertName = "heapdrift.alert.name";
        /// <summary>Of that alert, as Alertmanager gives it.</summary>
        public const string AlertFingerprint = "heapdrift.alert.fingerprint";

        /// <summary>copy-on-write or eventpipe.</summary>
        public const string Engine = "heapdrift.capture.engine";
        /// <summary>ISO 8601: a log record's own time is when it was written.</summary>
        public const string StartedAt = "heapdrift.capture.started_at";
        /// <summary>ISO 8601.</summary>
        public const string CompletedAt = "heapdrift.capture.completed_at";
        /// <summary>completed, incomplete, failed, cancelled, worker-exited, not-permitted or not-found.</summary>
        public const string Outcome = "heapdrift.capture.outcome";
        /// <summary>managed-leak, native-growth, fragmentation, no-gc-yet, saturating, no-growth or inconclusive.</summary>
        public const string Verdict = "heapdrift.capture.verdict";
        /// <summary>How many.</summary>
        public const string Findings = "heapdrift.capture.findings";
        /// <summary>Where report.json is on the machine that captured.</summary>
        public const string ReportPath = "heapdrift.capture.report";

        /// <summary>baseline or final.</summary>
        public const string SnapshotRole = "heapdrift.snapshot.role";
        /// <summary>Seconds that the worker stood still.</summary>
        public const string SnapshotPause = "heapdrift.snapshot.pause";
        /// <summary>Seconds, from the freeze to the finished snapshot.</summary>
        public const string SnapshotDuration = "heapdrift.snapshot.duration";
        /// <summary>Live objects.</summary>
        public const string SnapshotObjects = "heapdrift.snapshot.objects";
        /// <summary>Their bytes.</summary>
        public const string SnapshotBytes = "heapdrift.snapshot.bytes";
        /// <summary>False where a part of the heap was not seen; nothing is compared then.</summary>
        public const string SnapshotComplete = "heapdrift.snapshot.complete";
        /// <summary>Share of the runtime's own heap size that was seen, 0 to 1.</summary>
        public const string SnapshotCoverage = "heapdrift.snapshot.coverage";

        /// <summary>One sentence.</summary>
        public const string LeakReason = "heapdrift.leak.reason";
        /// <summary>Bytes a second.</summary>
        public const string LeakGrowth = "heapdrift.leak.growth";
        /// <summary>Seconds.</summary>
        public const string LeakTimeToLimit = "heapdrift.leak.time_to_limit";

        /// <summary>1 is the largest retained growth.</summary>
        public const string FindingRank = "heapdrift.finding.rank";
        /// <summary>16 hexadecimal digits over the normalised path: the same leak has the same after a restart or a build.</summary>
        public const string FindingFingerprint = "heapdrift.finding.fingerprint";
        /// <summary>new, known or regressed, by what was reported before.</summary>
        public const string FindingStatus = "heapdrift.finding.status";
        /// <summary>application or library: whose type it is.</summary>
        public const string FindingOrigin = "heapdrift.finding.origin";
        /// <summary>The type whose instances pile up, as written in C#.</summary>
        public const string FindingType = "heapdrift.finding.type";
        /// <summary>The root of the path: a static field, a handle, a stack.</summary>
        public const string FindingHolder = "heapdrift.finding.holder";
        /// <summary>From the holder to the type, one step each. A long one is cut in its middle.</summary>
        public const string FindingPath = "heapdrift.finding.path";
        /// <summary>Instances of the type more than before.</summary>
        public const string FindingObjectsDelta = "heapdrift.finding.objects_delta";
        /// <summary>Bytes of these instances alone.</summary>
        public const string FindingBytesDelta = "heapdrift.finding.bytes_delta";
        /// <summary>Bytes of everything that hangs on the point where they pile up.</summary>
        public const string FindingRetainedBytesDelta = "heapdrift.finding.retained_bytes_delta";
        /// <summary>Retained growth as a share of the growth of the whole live heap, 0 to 1.</summary>
        public const string FindingShareOfGrowth = "heapdrift.finding.share_of_growth";
        /// <summary>managed-leak where it grew in every interval, saturating where that flattened, inconclusive where it came and went.</summary>
        public const string FindingVerdict = "heapdrift.finding.verdict";
        /// <summary>ISO 8601; when it was first reported. Absent for a new one.</summary>
        public const string FindingKnownSince = "heapdrift.finding.known_since";

        /// <summary>Surviving bytes that the stack allocated, estimated from samples.</summary>
        public const string AllocationBytes = "heapdrift.allocation.bytes";
        /// <summary>How many samples that rests on.</summary>
        public const string AllocationSamples = "heapdrift.allocation.samples";
        /// <summary>Half of the 98 % interval, as a share of the bytes.</summary>
        public const string AllocationError = "heapdrift.allocation.relative_error";
        /// <summary>Why no line is named, or too little said, in a sentence.</summary>
        public const string AllocationNote = "heapdrift.allocation.note";

        /// <summary>The first frame with symbols of the stack that allocated most of what survived.</summary>
        public const string CodeFunction = "code.function.name";
        /// <summary>Its file, as its symbols name it.</summary>
        public const string CodeFile = "code.file.path";
        /// <summary>Its line.</summary>
        public const string CodeLine = "code.line.number";
        /// <summary>That stack, the leaf first, frames of the platform folded.</summary>
        public const string CodeStacktrace = "code.stacktrace";

        /// <summary>1 is the type that grew most.</summary>
        public const string TypeRank = "heapdrift.type.rank";
        /// <summary>As written in C#.</summary>
        public const string TypeName = "heapdrift.type.name";
        /// <summary>File name of its assembly.</summary>
        public const string TypeModule = "heapdrift.type.module";
        /// <summary>Instances more than before.</summary>
        public const string TypeObjectsDelta = "heapdrift.type.objects_delta";
        /// <summary>Bytes of these instances alone.</summary>
        public const string TypeBytesDelta = "heapdrift.type.bytes_delta";
    }
}
