using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Instrumentation.Tests.Captures;

/// <summary>
/// A <c>heapdrift</c> that is a shell script. It keeps its arguments in <c>arguments</c> (a line for each start), its environment in
/// <c>environment</c> and what it reads in <c>commands</c>.
/// </summary>
internal sealed class FakeHelper : IDisposable
{
    /// <summary>A capture that goes well, window and all.</summary>
    public const string WellBehaved = """
        cat "$here/baseline" >&2
        cat "$here/window" >&2
        if read -r line; then echo "$line" >> "$here/commands"; else echo "end of input" >> "$here/commands"; exit 1; fi
        cat "$here/final" >&2
        cat "$here/report"
        """;

    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("fake-heapdrift-").FullName;

    public FakeHelper(string body = WellBehaved, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        Path = File("heapdrift");
        foreach (var phase in new[] { CapturePhase.Baseline, CapturePhase.Window, CapturePhase.Final })
        {
            Write(JsonNamingPolicy.KebabCaseLower.ConvertName(phase.ToString()), Progress(phase).ToLine() + "\n");
        }

        Write("report", JsonSerializer.Serialize(Report, CaptureJson.Compact.CaptureReport) + "\n");
        Write("heapdrift", $"""
            #!/bin/sh
            here=$(dirname "$0")
            echo "$@" >> "$here/arguments"
            env > "$here/environment"
            {body}

            """);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(Path, mode);
        }
    }

    public static CaptureReport Report { get; } = new()
    {
        CaptureId = "20260102T030405Z-42",
        StartedAt = Start,
        CompletedAt = Start.AddMinutes(1),
        Outcome = CaptureOutcome.Completed,
        Verdict = default,
        Trigger = new() { Kind = TriggerKind.Signal },
        Worker = new() { Pid = 42, Name = "fake" },
        Snapshots = [],
        Memory = new() { Baseline = null, Final = null },
        Findings = [],
        Types = [],
    };

    public string Path { get; }

    public string Folder => _folder;

    public IReadOnlyList<string> Starts => Lines("arguments");

    public IReadOnlyList<string> Commands => Lines("commands");

    public IReadOnlyList<string> Environment => Lines("environment");

    public string File(string name) => System.IO.Path.Join(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CaptureProgress Progress(CapturePhase phase) => new()
    {
        CaptureId = Report.CaptureId,
        Phase = phase,
        At = Start,
        WindowEndsAt = phase == CapturePhase.Window ? Start.AddMinutes(5) : null,
        LiveObjects = phase == CapturePhase.Window ? 1_234_567 : null,
        LiveBytes = phase == CapturePhase.Window ? 89_000_000 : null,
        PauseMilliseconds = phase == CapturePhase.Window ? 2.5 : null,
        Message = "as a fake says",
    };

    private void Write(string name, string text) => System.IO.File.WriteAllText(File(name), text);

    private string[] Lines(string name) => System.IO.File.Exists(File(name)) ? System.IO.File.ReadAllLines(File(name)) : [];
}
