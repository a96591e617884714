using System.Text.Json;
using HeapDrift.TestKit;

[assembly: AssemblyFixture(typeof(HeapDrift.Dashboards.Tests.QueryParser))]

namespace HeapDrift.Dashboards.Tests;

/// <summary>
/// The parsers that the query editors of Prometheus and Grafana use (npm packages @prometheus-io/lezer-promql, @grafana/lezer-logql and
/// @grafana/lezer-traceql), run by Node.
/// </summary>
public sealed class QueryParser : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly JsonSerializerOptions Web = JsonSerializerOptions.Web;

    private static readonly string Source = RepositoryPaths.File("tests", "Dashboards.Tests", "queries");
    private static readonly string Installed = RepositoryPaths.File("artifacts", "query-parsers");

    /// <summary>Installed once for a lock file, outside the source tree.</summary>
    public async ValueTask InitializeAsync()
    {
        string done = Path.Join(Installed, "installed.json");
        string wanted = await File.ReadAllTextAsync(Path.Join(Source, "package-lock.json"));
        if (!File.Exists(done) || await File.ReadAllTextAsync(done) != wanted)
        {
            Directory.CreateDirectory(Installed);
            File.Copy(Path.Join(Source, "package.json"), Path.Join(Installed, "package.json"), overwrite: true);
            File.Copy(Path.Join(Source, "package-lock.json"), Path.Join(Installed, "package-lock.json"), overwrite: true);
            ProcessResult install = await ChildProcess.RunAsync(
                new ChildProcessStart("npm", "ci", "--no-audit", "--no-fund") { WorkingDirectory = Installed }, Deadline);
            Assert.True(install.ExitCode == 0, $"npm could not install the query parsers: {install.Stdout}{install.Stderr}");
            await File.WriteAllTextAsync(done, wanted);
        }

        File.Copy(Path.Join(Source, "parse.mjs"), Path.Join(Installed, "parse.mjs"), overwrite: true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>One answer for each query, in their order.</summary>
    internal static async Task<IReadOnlyList<ParsedQuery>> ParseAsync(IEnumerable<Asked> queries)
    {
        string input = Path.Join(Installed, $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(input, JsonSerializer.Serialize(queries.Select(query => new { query.Language, Text = query.Sample }), Web));
        try
        {
            ProcessResult result = await ChildProcess.RunAsync(new ChildProcessStart("node", Path.Join(Installed, "parse.mjs"), input), Deadline);
            Assert.True(result.ExitCode == 0, result.Stderr);
            return JsonSerializer.Deserialize<ParsedQuery[]>(result.Stdout, Web)!;
        }
        finally
        {
            File.Delete(input);
        }
    }
}
