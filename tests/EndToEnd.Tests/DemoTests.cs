using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task TheDemoNamesTheLeakOfItsShop()
    {
        using var folder = new TemporaryFolder();

        ProcessResult result = await HeapDriftTool.RunAsync("demo", "--output", folder.Path);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("held by static Shop.Cache.Sessions.", result.Stdout, StringComparison.Ordinal);
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Join(Assert.Single(folder.Captures), "report.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal("Shop.Session", (string?)report["findings"]![0]!["type"]);
        Assert.Equal("signal", (string?)report["trigger"]!["kind"]);
    }
}
