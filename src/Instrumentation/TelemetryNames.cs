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
        /// <summary>Proportional memory, by <see cref="Attributes.MemoryKind"/>: the kinds add up, swap included.</summary>
        public const string MemoryPss = "heapdrift.memory.pss";
        public const string MemoryPrivate = "heapdrift.memory.private";

        /// <summary>The tightest limit of the control groups of a worker.</summary>
        public const string MemoryLimit = "heapdrift.memory.limit";
        public const string MemoryGrowth = "heapdrift.memory.growth";
        public const string MemoryTimeToLimit = "heapdrift.memory.time_to_limit";

        /// <summary>Proportional memory without swap, by <see cref="Attributes.MemoryCategory"/>.</summary>
        public const string MemoryLedger = "heapdrift.memory.ledger";

        /// <summary>1 where SIGUSR2 is caught, 0 where it would kill the worker or do nothing.</summary>
        public const string SignalArmed = "heapdrift.worker.signal_armed";

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

        public const string GcCollections = "dotnet.gc.collections";
        public const string GcPauseTime = "dotnet.gc.pause.time";
        public const string GcAllocated = "dotnet.gc.heap.total_allocated";
        public const string GcCommitted = "dotnet.gc.last_collection.memory.committed_size";
        public const string GcHeapSize = "dotnet.gc.last_collection.heap.size";
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
        public const string SignalArmed = "heapdrift.signal.armed";
        public const string SignalNotArmed = "heapdrift.signal.not_armed";
        public const string SignalCoalesced = "heapdrift.signal.coalesced";
        public const string CaptureStarted = "heapdrift.capture.started";
        public const string CaptureNotStarted = "heapdrift.capture.not_started";
        public const string CaptureProgress = "heapdrift.capture.progress";
        public const string CaptureCompleted = "heapdrift.capture.completed";
        public const string Finding = "heapdrift.finding";

        /// <summary>A type that grew between the two snapshots, whoever holds it.</summary>
        public const string TypeGrowth = "heapdrift.type_growth";
        public const string MemoryReduced = "heapdrift.memory.reduced";
        public const string Snapshot = "heapdrift.snapshot";

        /// <summary>The detector sees a worker grow as leaks do.</summary>
        public const string LeakSuspected = "heapdrift.leak.suspected";
    }

    public static class Spans
    {
        public const string Capture = "heapdrift.capture";
        public const string Baseline = "baseline";
        public const string Window = "window";
        public const string Final = "final";
        public const string Diff = "diff";
    }

    public static class Attributes
    {
        /// <summary>The event's name once more: Loki before 2026 does not store the name of a log event.</summary>
        public const string EventName = "event.name";
        public const string ErrorType = "error.type";
        public const string ProcessPid = "process.pid";

        /// <summary>anon, file, shmem or swap.</summary>
        public const string MemoryKind = "heapdrift.memory.kind";

        /// <summary>One of the constants of <c>MemoryCategory</c>.</summary>
        public const string MemoryCategory = "heapdrift.memory.category";

        /// <summary>gen0, gen1, gen2, loh or poh.</summary>
        public const string GcGeneration = "dotnet.gc.heap.generation";
        public const string ServiceName = "service.name";
        public const string ServiceInstanceId = "service.instance.id";

        public const string CaptureId = "heapdrift.capture.id";
        public const string Trigger = "heapdrift.capture.trigger";
        public const string AlertName = "heapdrift.alert.name";
        public const string AlertFingerprint = "heapdrift.alert.fingerprint";
        public const string Engine = "heapdrift.capture.engine";

        /// <summary>ISO 8601, like <see cref="CompletedAt"/>: a log record's own time is when it was written, these span the capture.</summary>
        public const string StartedAt = "heapdrift.capture.started_at";
        public const string CompletedAt = "heapdrift.capture.completed_at";
        public const string Outcome = "heapdrift.capture.outcome";
        public const string Verdict = "heapdrift.capture.verdict";
        public const string Findings = "heapdrift.capture.findings";
        public const string ReportPath = "heapdrift.capture.report";

        public const string SnapshotRole = "heapdrift.snapshot.role";

        /// <summary>Seconds, like <see cref="SnapshotDuration"/> and every duration of the semantic conventions.</summary>
        public const string SnapshotPause = "heapdrift.snapshot.pause";
        public const string SnapshotDuration = "heapdrift.snapshot.duration";
        public const string SnapshotObjects = "heapdrift.snapshot.objects";
        public const string SnapshotBytes = "heapdrift.snapshot.bytes";
        public const string SnapshotComplete = "heapdrift.snapshot.complete";
        public const string SnapshotCoverage = "heapdrift.snapshot.coverage";

        /// <summary>One sentence.</summary>
        public const string LeakReason = "heapdrift.leak.reason";

        /// <summary>Bytes a second.</summary>
        public const string LeakGrowth = "heapdrift.leak.growth";

        /// <summary>Seconds.</summary>
        public const string LeakTimeToLimit = "heapdrift.leak.time_to_limit";

        public const string FindingRank = "heapdrift.finding.rank";
        public const string FindingFingerprint = "heapdrift.finding.fingerprint";
        public const string FindingStatus = "heapdrift.finding.status";
        public const string FindingOrigin = "heapdrift.finding.origin";
        public const string FindingType = "heapdrift.finding.type";
        public const string FindingHolder = "heapdrift.finding.holder";
        public const string FindingPath = "heapdrift.finding.path";
        public const string FindingObjectsDelta = "heapdrift.finding.objects_delta";
        public const string FindingBytesDelta = "heapdrift.finding.bytes_delta";
        public const string FindingRetainedBytesDelta = "heapdrift.finding.retained_bytes_delta";
        public const string FindingShareOfGrowth = "heapdrift.finding.share_of_growth";
        public const string FindingVerdict = "heapdrift.finding.verdict";
        public const string FindingKnownSince = "heapdrift.finding.known_since";

        public const string AllocationBytes = "heapdrift.allocation.bytes";
        public const string AllocationSamples = "heapdrift.allocation.samples";
        public const string AllocationError = "heapdrift.allocation.relative_error";
        public const string AllocationNote = "heapdrift.allocation.note";

        public const string CodeFunction = "code.function.name";
        public const string CodeFile = "code.file.path";
        public const string CodeLine = "code.line.number";
        public const string CodeStacktrace = "code.stacktrace";

        public const string TypeRank = "heapdrift.type.rank";
        public const string TypeName = "heapdrift.type.name";
        public const string TypeModule = "heapdrift.type.module";
        public const string TypeObjectsDelta = "heapdrift.type.objects_delta";
        public const string TypeBytesDelta = "heapdrift.type.bytes_delta";
    }
}
