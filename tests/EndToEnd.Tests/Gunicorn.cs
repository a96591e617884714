using System.Globalization;
using System.Text.RegularExpressions;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>A real gunicorn with four workers, whose application takes 60 MB when it is imported: once in each worker, or once before they fork.</summary>
internal sealed partial class Gunicorn : IAsyncDisposable
{
    public const int Workers = 4;

    public const long ApplicationBytes = 60L << 20;

    private const string Application = """
        catalog = bytearray(60 * 1024 * 1024)
        for page in range(0, len(catalog), 4096):
            catalog[page] = 1


        def app(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"ok"]

        """;

    private readonly TemporaryFolder _folder;

    private Gunicorn(ChildProcess process, TemporaryFolder folder) => (Process, _folder) = (process, folder);

    public ChildProcess Process { get; }

    /// <summary>Starts it and returns when all workers have been forked.</summary>
    public static async Task<Gunicorn> StartAsync(bool isPreloaded, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("shop.py"), Application);
        string[] preload = isPreloaded ? ["--preload"] : [];
        var gunicorn = new Gunicorn(
            ChildProcess.Start(new ChildProcessStart("gunicorn", ["-w", Workers.ToString(CultureInfo.InvariantCulture), .. preload, "-b", $"unix:{folder.File("socket")}", "shop:app"])
            {
                WorkingDirectory = folder.Path,
                Environment = environment ?? new Dictionary<string, string?>(),
            }),
            folder);
        await gunicorn.BootedAsync(Workers);
        return gunicorn;
    }

    /// <summary>The pids of all workers so far, once there were as many; it says so of each.</summary>
    public async Task<int[]> BootedAsync(int count)
    {
        int[] pids = [];
        await Eventually.HoldsAsync(() => (pids = Booted()).Length >= count, HeapDriftTool.Deadline, $"gunicorn has started {count} workers", Process.Describe);
        return pids;
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    private int[] Booted() =>
    [
        .. Process.StderrLines.Select(line => BootLine().Match(line)).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
    ];

    [GeneratedRegex(@"Booting worker with pid: (\d+)")]
    private static partial Regex BootLine();
}
