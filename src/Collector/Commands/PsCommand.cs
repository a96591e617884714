using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Commands;

/// <summary><c>heapdrift ps</c>: which .NET workers run here, what they use, and what SIGUSR2 would do to each.</summary>
internal static class PsCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string> format = CommonOptions.Format();
        var command = new Command("ps", "List the .NET processes of this machine: memory, and whether SIGUSR2 is safe.") { format };
        command.SetAction(parsed => Run(terminal, parsed.WantsJson(format)));
        return command;
    }

    private static int Run(Terminal terminal, bool wantsJson)
    {
        var proc = new ProcFileSystem();
        ListedWorker[] workers = [.. new WorkerDirectory(proc).List().Where(worker => worker.Pid != Environment.ProcessId).Select(worker => Describe(worker, proc))];
        if (wantsJson)
        {
            return Print(terminal, JsonSerializer.Serialize(new WorkerList { Workers = workers }, WorkerListJson.Default.WorkerList) + "\n");
        }

        if (workers.Length == 0)
        {
            terminal.Error.WriteLine("No .NET process can be seen here.");
            return ExitStatus.Done;
        }

        return Print(terminal, Render(workers));
    }

    private static int Print(Terminal terminal, string text) => terminal.TryPrint(text) ? ExitStatus.Done : ExitStatus.Failed;

    private static ListedWorker Describe(Worker worker, ProcFileSystem proc)
    {
        MemoryReading? memory = proc.TryReadSmapsRollup(worker.Pid).Value?.ToReading();
        return new ListedWorker
        {
            Pid = worker.Pid,
            ParentPid = worker.ParentPid,
            Name = worker.Name,
            RuntimeVersion = worker.RuntimeVersion,
            ServiceName = worker.Identity.ServiceName,
            Threads = worker.Threads,
            SignalArmed = worker.Usr2 == SignalDisposition.Caught,
            Sigusr2 = worker.Usr2,
            PssBytes = memory?.PssBytes,
            PrivateBytes = memory?.PrivateBytes,
            RssBytes = memory?.RssBytes,
            MemoryLimitBytes = proc.TryReadMemory(worker.Pid)?.LimitBytes,
            Diagnosable = worker.Socket is not null,
        };
    }

    private static string Render(IEnumerable<ListedWorker> workers)
    {
        var table = new TextTable("PID:", "PARENT:", "NAME", "SERVICE", ".NET", "SIGUSR2", "PSS:", "PRIVATE:", "LIMIT:", "THREADS:");
        foreach (ListedWorker worker in workers)
        {
            table.Add(
                worker.Pid.ToString(CultureInfo.InvariantCulture),
                worker.ParentPid.ToString(CultureInfo.InvariantCulture),
                worker.Name,
                worker.ServiceName ?? "-",
                worker.RuntimeVersion ?? "?",
                worker.Sigusr2 switch
                {
                    SignalDisposition.Caught => "armed",
                    SignalDisposition.Ignored => "ignored",
                    _ => "would kill",
                },
                Size(worker.PssBytes),
                Size(worker.PrivateBytes),
                worker.MemoryLimitBytes is { } limit ? ByteSize.Format(limit) : "none",
                worker.Threads.ToString(CultureInfo.InvariantCulture));
        }

        return table.ToString();
    }

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.Format(known) : "?";
}

internal sealed record WorkerList
{
    public required IReadOnlyList<ListedWorker> Workers { get; init; }
}

/// <summary>One line of <c>heapdrift ps</c>. Null is what could not be read, for example another user's memory.</summary>
internal sealed record ListedWorker
{
    public required int Pid { get; init; }

    public required int ParentPid { get; init; }

    public required string Name { get; init; }

    public required string? RuntimeVersion { get; init; }

    public required string? ServiceName { get; init; }

    public required int Threads { get; init; }

    /// <summary>True where a handler is registered: the signal is safe.</summary>
    public required bool SignalArmed { get; init; }

    /// <summary>What SIGUSR2 does: <c>caught</c>, <c>ignored</c>, or <c>default</c>, which kills.</summary>
    public required SignalDisposition Sigusr2 { get; init; }

    public required long? PssBytes { get; init; }

    public required long? PrivateBytes { get; init; }

    public required long? RssBytes { get; init; }

    public required long? MemoryLimitBytes { get; init; }

    /// <summary>Whether a diagnostics socket can be seen, without which there is no capture.</summary>
    public required bool Diagnosable { get; init; }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(Profiling.Captures.KebabCaseConverter<SignalDisposition>)])]
[JsonSerializable(typeof(WorkerList))]
internal sealed partial class WorkerListJson : JsonSerializerContext;
