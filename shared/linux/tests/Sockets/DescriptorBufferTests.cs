using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Sockets;

namespace PvExec.Linux.Tests.Sockets;

public sealed class DescriptorBufferTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_descriptor_that_is_raised_has_a_high_number_and_no_other()
    {
        SafeFileHandle handle = File.OpenHandle(_file);
        int low = (int)handle.DangerousGetHandle();
        handle.SetHandleAsInvalid();

        using var raised = new SafeFileHandle(DescriptorBuffer.Raise(low, 300), ownsHandle: true);

        Assert.True((int)raised.DangerousGetHandle() >= 300);
        Assert.Equal(_file, Target((int)raised.DangerousGetHandle()));
        Assert.NotEqual(_file, Target(low));
    }

    [Fact]
    public void One_that_cannot_be_raised_keeps_its_number()
    {
        using SafeFileHandle handle = File.OpenHandle(_file);
        int number = (int)handle.DangerousGetHandle();

        Assert.Equal(number, DescriptorBuffer.Raise(number, int.MaxValue));
        Assert.Equal(_file, Target(number));
    }

    private static string? Target(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
}
