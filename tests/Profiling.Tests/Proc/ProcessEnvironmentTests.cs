using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class ProcessEnvironmentTests
{
    [Fact]
    public void VariablesThatIdentifyTheWorkerAreKept()
    {
        IReadOnlyDictionary<string, string> variables = ProcessEnvironment.Parse(
            "OTEL_SERVICE_NAME=shop\0OTEL_RESOURCE_ATTRIBUTES=k8s.pod.name=shop-1,a=b\0TMPDIR=/var/tmp\0HEAPDRIFT_WINDOW=\0");

        Assert.Equal("shop", variables["OTEL_SERVICE_NAME"]);
        Assert.Equal("k8s.pod.name=shop-1,a=b", variables["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("/var/tmp", variables["TMPDIR"]);
        Assert.Equal("", variables["HEAPDRIFT_WINDOW"]);
    }

    [Theory]
    [InlineData("ConnectionStrings__Shop=Password=secret")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS=api-key=secret")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_HEADERS=api-key=secret")]
    [InlineData("AWS_SECRET_ACCESS_KEY=secret")]
    [InlineData("XTMPDIR=/secret")]
    public void SecretsAreDroppedWhileParsing(string entry) => Assert.Empty(ProcessEnvironment.Parse(entry + '\0'));

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("TMPDIR\0=TMPDIR\0")]
    public void EntriesWithoutNameOrValueAreSkipped(string text) => Assert.Empty(ProcessEnvironment.Parse(text));

    [Fact]
    public void FirstOfEqualNamesCounts() => Assert.Equal("/a", ProcessEnvironment.Parse("TMPDIR=/a\0TMPDIR=/b\0")["TMPDIR"]);
}
